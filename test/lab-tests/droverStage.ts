import type { DroverClient } from '#shared/contract/client.ts';
import type { HostId, TaskId } from '#shared/model/ids.ts';
import { type MigrationRequest, migrationOptionsSchema } from '#shared/model/migration.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { type Backend, startBackend } from '../../electron/backend/backend.ts';
import type { PhaseHook } from '../../electron/backend/migration/environment.ts';
import { testWorldProgram } from '../../electron/backend/simulation/testing/simulatedConsole.ts';

export type WishedOptions = Partial<MigrationRequest['options']>;

/** A Drover on a data folder of its own, that can be stopped and started, and whose migrations can be struck. */
export class DroverStage {
  readonly dataFolder: string;
  #backend: Backend | undefined;
  #client: DroverClient | undefined;
  #hook: PhaseHook = () => undefined;

  constructor(dataFolder: string) {
    this.dataFolder = dataFolder;
  }

  get client(): DroverClient {
    if (this.#client === undefined) throw new Error('Drover does not run on this stage just now');
    return this.#client;
  }

  async start(): Promise<void> {
    this.#backend = await startBackend({
      dataFolder: this.dataFolder,
      mode: 'command',
      worldProgram: testWorldProgram(),
      onPhase: (phase, moment) => this.#hook(phase, moment),
    });
    this.#client = this.#backend.client({ who: 'tester@here', via: 'command' });
  }

  async stop(): Promise<void> {
    await this.#backend?.stop();
    this.#backend = undefined;
    this.#client = undefined;
  }

  /** What happens at the phases of the next migration. */
  strike(hook: PhaseHook): void {
    this.#hook = hook;
  }

  async hostId(name: string): Promise<HostId> {
    const { hosts } = await this.client.live.snapshot();
    const found = hosts.find((host) => host.name === name);
    if (found === undefined) throw new Error(`Drover knows no host ${name}`);
    return found.id;
  }

  async hostName(id: HostId): Promise<string> {
    const { hosts } = await this.client.live.snapshot();
    return hosts.find((host) => host.id === id)?.name ?? '';
  }

  /** Waits until all hosts are connected. */
  async connected(): Promise<void> {
    await this.until('all hosts connected', async () => {
      const { hosts } = await this.client.live.snapshot();
      return hosts.every((host) => host.connection.state === 'connected') ? true : undefined;
    });
  }

  /** The VM as Drover sees it, once it runs and nobody holds it. */
  async vm(guest: string): Promise<Vm> {
    await this.connected();
    return await this.until(`${guest} to run and be free`, async () => {
      const { vms } = await this.client.live.snapshot();
      const vm = vms.find((each) => each.name === guest);
      return vm?.state === 'active' && vm.heldBy === undefined && vm.current && vm.copies.length === 0
        ? vm
        : undefined;
    });
  }

  async request(guest: string, to: string, options: WishedOptions = {}): Promise<MigrationRequest> {
    const vm = await this.vm(guest);
    return {
      vmId: vm.id,
      toHostId: await this.hostId(to),
      options: migrationOptionsSchema.parse(options),
    };
  }

  async begin(guest: string, to: string, options?: WishedOptions): Promise<TaskId> {
    const request = await this.request(guest, to, options);
    return (await this.client.migrations.start({ request })).taskId;
  }

  async ended(taskId: TaskId, deadlineMs = 120_000): Promise<Task> {
    return await this.until(
      'the task to end',
      async () => {
        const task = await this.client.tasks.get({ taskId });
        return hasEnded(task.state) ? task : undefined;
      },
      deadlineMs,
      async () => JSON.stringify(await this.client.tasks.get({ taskId }), undefined, 1),
    );
  }

  async migrate(guest: string, to: string, options?: WishedOptions): Promise<Task> {
    return await this.ended(await this.begin(guest, to, options));
  }

  async until<T>(
    what: string,
    look: () => Promise<T | undefined>,
    deadlineMs = 60_000,
    tell: () => Promise<string> = async () => '',
    lookEveryMs = 50,
  ): Promise<T> {
    const until = Date.now() + deadlineMs;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > until) throw new Error(`waited ${deadlineMs} ms in vain for ${what} ${await tell()}`);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
}
