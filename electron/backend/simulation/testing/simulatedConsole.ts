import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DroverClient } from '#shared/contract/client.ts';
import type { LiveState } from '#shared/model/live.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Task } from '#shared/model/task.ts';
import { type Backend, type BackendOptions, startBackend } from '../../backend.ts';
import { readWorldInfo, type WorldInfo } from '../worldFolder.ts';
import { nodeWorldProgram, type WorldProgram } from '../worldProgram.ts';

/** Generous: both cores of a small machine may be busy with other tests. */
const patienceMs = 60_000;

/** A console with a data folder of its own, and real worlds in processes of their own. */
export class SimulatedConsole {
  readonly dataFolder = mkdtempSync(join(tmpdir(), 'drover-simulated-'));
  #backend: Backend | undefined;

  async start(options: Partial<BackendOptions> = {}): Promise<DroverClient> {
    const backend = await startBackend({
      dataFolder: this.dataFolder,
      mode: 'command',
      worldProgram: testWorldProgram(),
      ...options,
    });
    this.#backend = backend;
    return backend.client({ who: 'tester@here', via: 'command' });
  }

  async stop(): Promise<void> {
    await this.#backend?.stop();
    this.#backend = undefined;
  }

  folder(name = 'two-servers'): string {
    return join(this.dataFolder, 'worlds', name);
  }

  world(name?: string): WorldInfo {
    const info = readWorldInfo(this.folder(name));
    if (info === undefined) throw new Error('no world runs there');
    return info;
  }

  async end(): Promise<void> {
    await this.stop();
    for (const name of ['two-servers', 'class-a']) {
      const info = readWorldInfo(this.folder(name));
      if (info !== undefined) signal(info.pid, 'SIGKILL');
    }
    rmSync(this.dataFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** As bundled for the tests, which starts sooner. */
export function testWorldProgram(): WorldProgram {
  const built = process.env['DROVER_TEST_PROGRAMS'];
  return built === undefined
    ? nodeWorldProgram()
    : { ...nodeWorldProgram(), words: [join(built, 'world.js')] };
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not within ${patienceMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const untilState = (client: DroverClient, what: string, fits: (state: LiveState) => boolean) =>
  until(what, async () => {
    const state = await client.live.snapshot();
    return fits(state) ? state : undefined;
  });

/** Every host has told all it has. */
export const untilConnected = (client: DroverClient) =>
  untilState(
    client,
    'all hosts connected',
    ({ hosts, vms }) =>
      hosts.length > 0 &&
      hosts.every(
        ({ connection, lastSeenAt = 0 }) =>
          connection.state === 'connected' && lastSeenAt >= connection.since,
      ) &&
      vms.every((vm) => vm.current),
  );

/** The first cluster as it stands now. */
export async function clusterNow(client: DroverClient): Promise<PhysicalCluster> {
  const [cluster] = (await client.live.snapshot()).clusters;
  if (cluster === undefined) throw new Error('no cluster');
  return cluster;
}

export async function startMove(client: DroverClient, vmName: string, toName: string) {
  const { vms, hosts } = await untilConnected(client);
  const vm = vms.find(({ name }) => name === vmName);
  const to = hosts.find(({ name }) => name === toName);
  if (vm === undefined || to === undefined) throw new Error(`${vmName} or ${toName} is not there`);
  const request = {
    vmId: vm.id,
    toHostId: to.id,
    options: { copyStorage: false, autoConverge: false, postCopy: false },
  };
  const { taskId } = await client.migrations.start({ request });
  return taskId;
}

export const untilTask = (
  client: DroverClient,
  taskId: Task['id'],
  what: string,
  fits: (task: Task) => boolean,
): Promise<Task> =>
  until(what, async () => {
    const task = await client.tasks.get({ taskId });
    return fits(task) ? task : undefined;
  });

export const ended = (task: Task): boolean => task.finishedAt !== undefined;
