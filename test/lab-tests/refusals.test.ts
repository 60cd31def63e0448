import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { whyNoLab } from '../lab/startLab.ts';
import { DroverCommand } from './droverCommand.ts';
import {
  type HostRefusal,
  hostRefusals,
  knownByAnotherKey,
  moveRefusals,
  type Refusal,
  startTroubledLab,
  type TroubledLab,
} from './troubledLab.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const patience = { timeout: 60_000, interval: 200 };
const hostSchema = z.object({
  name: z.string(),
  state: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

describe.skipIf(noLab !== undefined)('what the command says of wrong input, with real hosts', () => {
  let drover: DroverCommand;
  let troubled: TroubledLab;

  beforeAll(async () => {
    drover = new DroverCommand();
    troubled = await startTroubledLab('refusals', drover.home);
    await drover.addHost(troubled.lab, 'host-a');
    await drover.addHost(troubled.lab, 'host-b');
  });
  afterAll(async () => {
    await drover?.close();
    await troubled?.down();
  });

  function expectRefusal(said: { code: string; message: string }, refusal: Refusal): void {
    expect(said.code, said.message).toBe(refusal.code);
    for (const part of [refusal.tried, refusal.cause, refusal.next]) expect(said.message).toMatch(part);
    // Nothing of a program's insides.
    expect(said.message).not.toMatch(/undefined|\[object|Error:|\n {2,}at /);
  }

  function addWords({ address, host, stranger }: HostRefusal): readonly string[] {
    const { lab, strangerKey } = troubled;
    const trusted = host === undefined ? undefined : lab.host(host).hostKeys[0]?.fingerprint;
    const key = stranger === true ? strangerKey : lab.host('host-a').keyFile;
    const words = ['host', 'add', `ssh://${address(lab)}`, '--cluster', 'lab', '--key', key];
    return trusted === undefined ? words : [...words, '--accept-host-key', trusted];
  }

  it.each(hostRefusals)('refuses to add $what', async (refusal) => {
    expectRefusal(await drover.refusal(...addWords(refusal)), refusal);
    if (refusal.what === knownByAnotherKey) await rm(join(drover.home, '.ssh/known_hosts'));
    const hosts = await drover.ask(z.array(hostSchema), 'host', 'list');
    expect(hosts.map((host) => host.name)).toEqual(['host-a', 'host-b']);
  });

  it.each(moveRefusals)('refuses to migrate for $what', async (refusal) => {
    expectRefusal(await drover.refusal('vm', 'migrate', refusal.vm, '--to', refusal.to), refusal);
    const sightings = await troubled.lab.virsh('host-b', ['list', '--all', '--name']);
    expect(sightings.trim()).toBe('twin');
    expect(await drover.ask(z.array(z.unknown()), 'task', 'list')).toEqual([]);
  });

  it('does not know a name', async () => {
    expectRefusal(await drover.refusal('vm', 'migrate', 'plan', '--to', 'host-b'), {
      what: 'an unknown VM',
      code: 'not-found',
      tried: /^Migrate VM plan to host-b: /,
      cause: /no VM is called plan\./,
      next: /"drover vm list" shows those that Drover knows\.$/,
    });
    expectRefusal(await drover.refusal('vm', 'migrate', 'plain', '--to', 'host-x'), {
      what: 'an unknown host',
      code: 'not-found',
      tried: /^Migrate VM plain to host-x: /,
      cause: /no host is called host-x\./,
      next: /Drover knows host-a, host-b\.$/,
    });
    expect(await drover.refusal('task', 'show', 'task-x')).toMatchObject({ code: 'not-found' });
  });

  it('lists the places of a name that fits two', async () => {
    expectRefusal(await drover.refusal('vm', 'show', 'twin'), {
      what: 'an ambiguous name',
      code: 'name-ambiguous',
      tried: /^Show VM twin: /,
      cause: /2 VMs are called twin: host-[ab]\/twin, host-[ab]\/twin\./,
      next: /Say which, as HOST\/VM or by its UUID\.$/,
    });
    const shown = await drover.ask(z.object({ host: z.string() }), 'vm', 'show', 'host-b/twin');
    expect(shown).toEqual({ host: 'host-b' });
  });

  it('says that libvirt was stopped on a connected host, and finds it again', async () => {
    const server = await drover.serve();
    const hostB = async () => {
      const hosts = await drover.ask(z.array(hostSchema), 'host', 'list');
      return hosts.find((host) => host.name === 'host-b');
    };
    expect((await hostB())?.state).toBe('connected');
    await troubled.lab.stopLibvirt('host-b');
    await expect.poll(hostB, patience).toMatchObject({
      state: 'unreachable',
      error: {
        code: 'libvirt-stopped',
        message: expect.stringMatching(/libvirt is installed, but does not run.*Start it on the host/s),
      },
    });
    expect((await drover.run('host', 'list')).stderr).toMatch(/^host-b: Reach libvirt on /);
    expect(await drover.refusal('vm', 'migrate', 'plain', '--to', 'host-b')).toMatchObject({
      message: expect.stringContaining('host-b does not answer. Reconnect it first.'),
    });
    expect(await drover.refusal('host', 'reconnect', 'host-b')).toMatchObject({ code: 'libvirt-stopped' });
    await troubled.lab.startLibvirt('host-b');
    const again = await drover.ask(hostSchema, 'host', 'reconnect', 'host-b');
    expect(again).toMatchObject({ name: 'host-b', state: 'connected' });
    await server.stop();
  });
});
