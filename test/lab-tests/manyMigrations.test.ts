import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskId } from '#shared/model/ids.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { MigrationStage } from './migrationStage.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const movers = ['vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5'];
const everyone = [...movers, 'still'];
/** Far less than what the guests rewrite: none of these moves ends by itself. */
const crawl = { bandwidthMiBPerSecond: 1 };

const hosts = [
  ['lets only commands through, of which sshd allows ten at once', false],
  ['forwards sockets', true],
] as const;
// The first leaves less room for mistakes.
const tried = process.env['DROVER_LONG'] === undefined ? hosts.slice(0, 1) : hosts;

describe.skipIf(reason !== undefined).each(tried)(
  'five migrations at once from a host that %s',
  (_what, streamLocalForwarding) => {
    let lab: Lab;
    let stage: MigrationStage;
    let tasks: readonly TaskId[] = [];
    let quiet: string;

    beforeAll(async () => {
      lab = await startLab({
        name: streamLocalForwarding ? 'many-sockets' : 'many-commands',
        hosts: [{ streamLocalForwarding }, { modularSocket: !streamLocalForwarding }],
        guests: [
          ...movers.map((name) => ({ name, host: 'host-a', dirtyMiB: 8, dirtyRateMiBPerSecond: 4 })),
          { name: 'still', host: 'host-a' },
        ],
      });
      stage = await MigrationStage.open(lab);
      for (const guest of everyone) await stage.vm(guest);
      quiet = await libvirtConnections();
    });

    afterAll(async () => {
      await stage?.close();
      await lab?.down();
    });

    /** How many connections each host's libvirt has. */
    async function libvirtConnections(): Promise<string> {
      const counts = await Promise.all(
        ['host-a', 'host-b'].map((host) =>
          lab.exec(host, ['sh', '-c', 'grep -c "libvirt-sock\\|virtqemud-sock" /proc/net/unix']),
        ),
      );
      return counts.map((count) => count.trim()).join(' ');
    }

    const moving = async (): Promise<number> => {
      const all = await Promise.all(tasks.map((taskId) => stage.client.tasks.get({ taskId })));
      for (const task of all) expect(task.error?.message).toBeUndefined();
      return all.filter((task) => (task.progress?.migration?.memorySentBytes ?? 0) > 0).length;
    };

    it('begin, all five', async () => {
      tasks = await Promise.all(movers.map((guest) => stage.begin(guest, 'host-b', crawl)));
      await stage.until('all five to send memory', async () => ((await moving()) === 5 ? true : undefined));
    });

    it('stall the measuring of nobody: each VM is measured as often as the one that stays', async () => {
      const stop = new AbortController();
      const { vms } = await stage.client.live.snapshot();
      const nameOf = new Map(vms.map((vm) => [vm.id, vm.name]));
      const measured = new Map(everyone.map((name) => [name, 0]));
      const from = Date.now();
      for await (const samples of await stage.client.live.samples(undefined, { signal: stop.signal })) {
        if (samples.vms.at < from) continue;
        for (const [place, id] of samples.vms.vmIds.entries()) {
          const name = nameOf.get(id) ?? '';
          if (samples.vms.cpuShare[place] !== null) measured.set(name, (measured.get(name) ?? 0) + 1);
        }
        if (measured.get('still') === 5) break;
      }
      stop.abort();
      expect(Object.fromEntries(measured)).toEqual(Object.fromEntries(everyone.map((name) => [name, 5])));
      expect(await moving()).toBe(5);
    });

    it('stall the inventory of nobody: what happens to another VM is seen as it happens', async () => {
      const still = async (state: string) =>
        await stage.until(`still to be ${state}`, async () => {
          const { vms } = await stage.client.live.snapshot();
          return vms.find((vm) => vm.name === 'still')?.state === state ? true : undefined;
        });
      await lab.virsh('host-a', ['suspend', 'still']);
      await still('paused');
      await lab.virsh('host-a', ['resume', 'still']);
      await still('active');
      expect(await moving()).toBe(5);
    });

    it('can be aborted each, and leave nothing', async () => {
      for (const taskId of tasks) {
        await stage.client.tasks.cancel({ taskId });
        expect(await stage.ended(taskId)).toMatchObject({ state: 'cancelled' });
      }
      for (const guest of movers) {
        expect(await stage.sightings(guest)).toEqual(['host-a running']);
        expect(await lab.ask(guest, 2000)).toBeDefined();
        await stage.vm(guest);
      }
      expect(await lab.virsh('host-b', ['list', '--all', '--name'])).not.toMatch(/\w/);
      expect(await lab.exec('host-a', ['ls', '-A', '/var/lib/libvirt/shared'])).not.toMatch(/drover/);
      await stage.until('the connections of the moves to close', async () =>
        (await libvirtConnections()) === quiet ? true : undefined,
      );
    });

    it('come to their end when they may', async () => {
      expect(await stage.migrate('vm-1', 'host-b')).toMatchObject({ state: 'succeeded' });
      expect(await stage.sightings('vm-1')).toEqual(['host-b running']);
      expect(await lab.ask('vm-1', 2000)).toBeDefined();
    });
  },
);
