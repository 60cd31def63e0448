import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { type Conversation, DroverCommand } from './droverCommand.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const guest = 'typist';
const leaveKey = '\u001d';
const patience = { timeout: 60_000, interval: 1000 };

describe.skipIf(reason !== undefined)('drover vm console, on a terminal', () => {
  let lab: Lab;
  const drover = new DroverCommand();
  /** A Drover of its own, as on another workstation. */
  const elsewhere = new DroverCommand();

  beforeAll(async () => {
    lab = await startLab({ name: 'console-word', hosts: 1, guests: [{ name: guest, host: 'host-a' }] });
    await drover.addHost(lab, 'host-a');
    await elsewhere.addHost(lab, 'host-a');
  });
  afterAll(async () => {
    await drover.close();
    await elsewhere.close();
    await lab?.down();
  });

  /** Typed again as long as the guest, which may have just come or be changing its terminal's mode, has not heard it. */
  async function typesUntil(console: Conversation, keys: string, wanted: RegExp): Promise<void> {
    await expect
      .poll(() => {
        if (console.has(wanted)) return true;
        console.type(keys);
        return false;
      }, patience)
      .toBe(true);
    await console.sees(wanted);
  }

  /** A word that was not typed so is the guest's own. */
  const answers = (console: Conversation, word: string) =>
    typesUntil(console, `echo ${word.slice(0, 2)}""${word.slice(2)}\r`, new RegExp(word));

  it('types and reads, gives way to whoever takes over, comes back, and is left by Ctrl+]', async () => {
    const here = drover.onTerminal('vm', 'console', guest);
    await here.sees(/Connected to typist on host-a\. Ctrl\+\] leaves/);
    await answers(here, 'first');

    const late = await elsewhere.onTerminal('vm', 'console', guest).ended;
    expect(late.code).toBe(1);
    expect(late.screen).toContain('somebody else has it open');
    expect(late.screen).toContain('Take it over with --take-over');

    const there = elsewhere.onTerminal('vm', 'console', guest, '--take-over');
    await there.sees(/Connected to typist on host-a/);
    await here.sees(/Somebody else has taken the console over/);
    await answers(there, 'second');
    // Ctrl+C is the guest's: it ends what runs there, and not the command.
    there.type('cat\r');
    await typesUntil(there, 'parrot\r', /parrot\s+parrot/);
    there.type('\u0003');
    await answers(there, 'third');
    there.type(leaveKey);
    const left = await there.ended;
    expect(left.code).toBe(0);
    expect(left.screen).toContain('Left the console of typist.');

    await here.sees(/Connected again, on host-a/);
    await answers(here, 'fourth');
    here.type(`echo not sent${leaveKey}`);
    expect(await here.ended).toMatchObject({ code: 0, screen: expect.stringMatching(/Left the console/) });
    expect(await lab.places(guest)).toEqual(['host-a running']);
  });

  it('of a VM that is off says what starts it', async () => {
    expect((await drover.run('vm', 'force-off', guest)).code).toBe(0);
    const ran = await drover.onTerminal('vm', 'console', guest).ended;
    expect(ran.code).toBe(1);
    expect(ran.screen).toContain('drover vm start typist');
  });
});
