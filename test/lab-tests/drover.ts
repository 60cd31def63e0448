import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DroverClient } from '#shared/contract/client.ts';
import type { LiveState } from '#shared/model/live.ts';
import { type MigrationOptions, migrationOptionsSchema } from '#shared/model/migration.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { startBackend } from '../../electron/backend/backend.ts';
import type { Lab } from '../lab/startLab.ts';

export interface Drover {
  readonly client: DroverClient;
  state(test: (state: LiveState) => boolean): Promise<LiveState>;
  /** Starts a move and waits for its end, or for it to be undecided. */
  migrate(vmName: string, toHost: string, options?: Partial<MigrationOptions>): Promise<Task>;
  stop(): Promise<void>;
}

const lookEveryMs = 50;

/** A backend of its own that has every host of a lab, with the keys those hosts really have. */
export async function startDrover(lab: Lab): Promise<Drover> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'drover-lab-test-'));
  const backend = await startBackend({ dataFolder, mode: 'command' });
  const client = backend.client({ who: 'tester@here', via: 'command' });
  const { hosts, keyFile } = lab.description();
  for (const host of hosts) {
    const [key] = host.hostKeys;
    await client.hosts.add({
      address: `ssh://root@${host.address}`,
      clusterName: 'lab',
      credentials: { keyFile, ...(key === undefined ? {} : { acceptHostKey: key.fingerprint }) },
    });
  }
  const state: Drover['state'] = async (test) => {
    for (;;) {
      const now = await client.live.snapshot();
      if (test(now)) return now;
      await pause();
    }
  };
  return {
    client,
    state,
    async migrate(vmName, toHost, options = {}) {
      const now = await state((each) => each.vms.some((vm) => vm.name === vmName && vm.state === 'active'));
      const vm = now.vms.find((each) => each.name === vmName);
      const to = now.hosts.find((each) => each.name === toHost);
      if (vm === undefined || to === undefined) throw new Error(`no VM ${vmName} or no host ${toHost}`);
      const request = { vmId: vm.id, toHostId: to.id, options: migrationOptionsSchema.parse(options) };
      const { taskId } = await client.migrations.start({ request });
      for (;;) {
        const task = await client.tasks.get({ taskId });
        if (hasEnded(task.state) || task.state === 'undecided') return task;
        await pause();
      }
    },
    async stop() {
      await backend.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, lookEveryMs));
}
