import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDroverError } from '#shared/contract/client.ts';
import type { ConsoleKind, ConsoleStanding } from '#shared/model/console.ts';
import type { VmId } from '#shared/model/ids.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { MigrationStage } from './migrationStage.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const guest = 'typist';

describe.skipIf(reason !== undefined)('consoles of a real guest', () => {
  let lab: Lab;
  let stage: MigrationStage;
  let vmId: VmId;
  const over = new AbortController();

  beforeAll(async () => {
    lab = await startLab({ name: 'console-lab', hosts: 2, guests: [{ name: guest, host: 'host-a' }] });
    stage = await MigrationStage.open(lab);
    vmId = (await stage.vm(guest)).id;
  });
  afterAll(async () => {
    over.abort();
    await stage?.close();
    await lab?.down();
  });

  function look(kind: ConsoleKind) {
    const seen = {
      id: '',
      connection: 0,
      text: '',
      standings: [] as ConsoleStanding[],
      type: (text: string) =>
        stage.client.consoles.send({ consoleId: seen.id, connection: seen.connection, bytes: btoa(text) }),
    };
    void (async () => {
      const { signal } = over;
      const messages = await stage.client.consoles.open({ vmId, kind, takeOver: false }, { signal });
      for await (const message of messages) {
        if (message.kind === 'opened') seen.id = message.consoleId;
        else if (message.kind === 'bytes') seen.text += atob(message.bytes);
        else {
          seen.connection = message.connection;
          seen.standings.push(message.standing);
        }
      }
    })().catch((thrown: unknown) => {
      if (!over.signal.aborted) console.error(toDroverError(thrown).message);
    });
    return seen;
  }

  /** Asked again as long as a guest that has just come has not heard it. */
  async function answers(seen: ReturnType<typeof look>, word: string): Promise<void> {
    await stage.until(`the guest to say ${word}`, async () => {
      await seen.type(`echo ${word.slice(0, 2)}""${word.slice(2)}\r`);
      return seen.text.includes(word) || undefined;
    });
  }

  it('somebody types, the VM moves, and they type on; its screen comes along', async () => {
    const serial = look('serial');
    const screen = look('screen');
    const connected = (seen: ReturnType<typeof look>, wanted: object) =>
      stage.until(`it to be ${JSON.stringify(wanted)}`, async () => {
        const last = seen.standings.at(-1);
        return last?.state === 'connected' && JSON.stringify(last) === JSON.stringify(wanted)
          ? last
          : undefined;
      });
    await connected(serial, { state: 'connected', hostName: 'host-a' });
    await connected(screen, { state: 'connected', hostName: 'host-a' });
    expect(screen.text).toBe('RFB 003.008\n');
    await answers(serial, 'before');

    // Half of a line is typed here, the rest of it there.
    await serial.type('echo moved-');
    await stage.until('the guest to have it', async () => serial.text.endsWith('echo moved-') || undefined);
    await stage.migrate(guest, 'host-b');
    const arrived = { state: 'connected', hostName: 'host-b', movedFrom: 'host-a' };
    await connected(serial, arrived);
    await connected(screen, arrived);
    expect(screen.text).toBe('RFB 003.008\nRFB 003.008\n');
    await serial.type('here\r');
    await stage.until('the whole line', async () => /moved-here\s+moved-here/.test(serial.text) || undefined);
    await answers(serial, 'after');
    const states = serial.standings.map(({ state }) => state);
    expect(states).not.toContain('lost');
    expect(serial.standings).toContainEqual({
      state: 'connected',
      hostName: 'host-a',
      movingTo: 'host-b',
    });
    expect(await stage.sightings(guest)).toEqual(['host-b running']);
  }, 180_000);
});
