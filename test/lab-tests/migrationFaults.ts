import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { MigrationPhase } from '../../electron/backend/migration/environment.ts';
import type { DroverStage, WishedOptions } from './droverStage.ts';
import type { FaultGround } from './faultGround.ts';
import { killWhenThere } from './killedDrover.ts';
import { Guard } from './migrationGuard.ts';

export const faults = [
  'Drover killed (kill -9)',
  'source connection lost',
  'destination connection lost',
  'both connections lost',
  'source dead, declared so',
  'source dead, back later',
  'destination dead, declared so',
  'destination dead, back later',
  'link cut for 5 s',
  'link cut for 45 s',
  'libvirtd restarted on source',
  'libvirtd restarted on destination',
  'workstation 100 ms away',
] as const;
export type Fault = (typeof faults)[number];

export interface Cell {
  readonly phase: MigrationPhase;
  readonly moment: 'before' | 'after';
  readonly fault: Fault;
}

/** What came of it. `runs`: where virsh finds it running at the end; `same`: without having booted anew. */
export interface Found extends Cell {
  readonly runs: 'source' | 'destination' | 'nowhere' | 'both';
  readonly same: boolean;
  readonly task: Task['state'];
  readonly wasUndecided: boolean;
  readonly outcome: string;
  readonly error: string;
  readonly twice: readonly string[];
  readonly seconds: number;
  readonly left: readonly string[];
}

const shortCutMs = 5000;
const longCutMs = 45_000;
const deadlineMs = 240_000;
const heardMs = 500;

/** One cell of the table: a migration, struck at that very place, and whatever becomes of it. */
export class FaultTable {
  readonly #stage: DroverStage;
  readonly #ground: FaultGround;
  readonly #pending: Promise<unknown>[] = [];
  readonly #dead = new Set<string>();

  constructor(stage: DroverStage, ground: FaultGround) {
    this.#stage = stage;
    this.#ground = ground;
  }

  async run(cell: Cell): Promise<Found> {
    const stage = this.#stage;
    const ground = this.#ground;
    await ground.provideGuest();
    const vm = await stage.vm(ground.guest);
    const from = await stage.hostName(vm.hostId);
    const [one, other] = ground.hosts;
    const to = from === one ? other : one;
    const boot = await ground.bootMark();
    const guard = new Guard(ground);
    const began = performance.now();
    try {
      if (cell.phase === 'post-copy') await ground.slow(from);
      const options = ground.options(cell.phase);
      const ended =
        cell.fault === 'Drover killed (kill -9)'
          ? await this.#killed(cell, to, options)
          : await this.#struck(cell, from, to, options);
      const seconds = (performance.now() - began) / 1000;
      // A link that is still cut hides the guest from whoever asks it.
      await Promise.all(this.#pending.splice(0));
      await this.#followLater(cell, from, to);
      const twice = await guard.stop();
      const sightings = await ground.sightings();
      const running = sightings.filter(({ state }) => state === 'running').map(({ host }) => host);
      const now = await ground.bootMark();
      return {
        ...cell,
        runs:
          running.length > 1
            ? 'both'
            : running[0] === from
              ? 'source'
              : running[0] === to
                ? 'destination'
                : 'nowhere',
        same: now !== undefined && now === boot,
        task: ended.task.state,
        wasUndecided: ended.wasUndecided,
        outcome: ended.task.outcome ?? '',
        error: ended.task.error?.message ?? '',
        twice,
        seconds: Math.round(seconds),
        left: sightings
          .filter(({ state }) => state !== 'running')
          .map(({ host, state }) => `${host === from ? 'source' : 'destination'} ${state}`),
      };
    } finally {
      await guard.stop();
      await this.#mend();
    }
  }

  async #struck(cell: Cell, from: string, to: string, options: WishedOptions) {
    const stage = this.#stage;
    let struck = false;
    stage.strike(async (phase, moment) => {
      if (phase !== cell.phase || moment !== cell.moment || struck) return;
      struck = true;
      // The destination is to have heard that it may start the guest.
      if (phase === 'post-copy' && moment === 'after') await this.#ground.pause(heardMs);
      await this.#strike(cell.fault, from, to);
    });
    if (cell.fault === 'workstation 100 ms away') {
      struck = true;
      for (const host of this.#ground.hosts) await this.#ground.setDistance(host, 50);
    }
    const taskId = await stage.begin(this.#ground.guest, to, options);
    const ended = await this.#follow(taskId, async (task) => {
      if (task.state === 'undecided') await this.#resolve(cell, from, to);
    });
    if (!struck) throw new Error(`the migration never came to ${cell.phase}, ${cell.moment}`);
    return ended;
  }

  /** What the operator does about a task that is undecided. */
  async #resolve(cell: Cell, from: string, to: string): Promise<void> {
    const { client } = this.#stage;
    const declared = cell.fault === 'source dead, declared so' ? from : to;
    if (cell.fault.endsWith('declared so')) {
      const hostId = await this.#stage.hostId(declared);
      await client.hosts.declareDead({ hostId, dead: true }).catch(() => undefined);
    }
    if (cell.fault.endsWith('back later')) await this.#revive();
  }

  /** What was left to a later task, because a host was silent, is seen to its end too. */
  async #followLater(cell: Cell, from: string, to: string): Promise<void> {
    const [latest] = await this.#stage.client.tasks.list({ limit: 1 });
    if (latest === undefined || latest.requestedBy.via !== 'drover') return;
    await this.#follow(latest.id, async (task) => {
      if (task.state === 'undecided') await this.#resolve(cell, from, to);
    });
  }

  async #strike(fault: Fault, from: string, to: string): Promise<void> {
    const ground = this.#ground;
    const later = (milliseconds: number, act: () => Promise<void>) =>
      this.#pending.push(ground.pause(milliseconds).then(act));
    switch (fault) {
      case 'source connection lost':
        await ground.loseConnections(from);
        break;
      case 'destination connection lost':
        await ground.loseConnections(to);
        break;
      case 'both connections lost':
        await Promise.all([from, to].map((host) => ground.loseConnections(host)));
        break;
      case 'source dead, declared so':
      case 'source dead, back later':
        this.#dead.add(from);
        await ground.kill(from);
        break;
      case 'destination dead, declared so':
      case 'destination dead, back later':
        this.#dead.add(to);
        await ground.kill(to);
        break;
      case 'link cut for 5 s':
        await ground.cut(to);
        later(shortCutMs, () => ground.heal(to));
        break;
      case 'link cut for 45 s':
        await ground.cut(to);
        later(longCutMs, () => ground.heal(to));
        break;
      case 'libvirtd restarted on source':
        await ground.restartLibvirt(from);
        break;
      case 'libvirtd restarted on destination':
        await ground.restartLibvirt(to);
        break;
      case 'Drover killed (kill -9)':
      case 'workstation 100 ms away':
        break;
      default:
        fault satisfies never;
    }
  }

  async #killed(cell: Cell, to: string, options: WishedOptions) {
    const stage = this.#stage;
    const request = await stage.request(this.#ground.guest, to, options);
    await stage.stop();
    const input = {
      dataFolder: stage.dataFolder,
      request,
      phase: cell.phase,
      moment: cell.moment,
    };
    try {
      await killWhenThere('droverProcess.ts', input);
    } finally {
      await stage.start();
    }
    const [task] = await stage.client.tasks.list({ limit: 1 });
    if (task === undefined) throw new Error('the task is not in the journal');
    return await this.#follow(task.id, async () => undefined);
  }

  async #follow(taskId: TaskId, onLook: (task: Task) => Promise<void>) {
    let wasUndecided = false;
    const task = await this.#stage.until(
      'the task to end',
      async () => {
        const now = await this.#stage.client.tasks.get({ taskId });
        wasUndecided ||= now.state === 'undecided';
        if (hasEnded(now.state)) return now;
        await onLook(now);
        return undefined;
      },
      deadlineMs,
      async () => JSON.stringify(await this.#stage.client.tasks.get({ taskId }), undefined, 1),
      this.#ground.lookEveryMs,
    );
    return { task, wasUndecided };
  }

  async #revive(): Promise<void> {
    for (const host of this.#dead) {
      this.#dead.delete(host);
      await this.#ground.revive(host);
    }
  }

  /** Everything as it was, for the next cell. */
  async #mend(): Promise<void> {
    const { client } = this.#stage;
    const ground = this.#ground;
    this.#stage.strike(() => undefined);
    await Promise.all(this.#pending.splice(0));
    for (const host of ground.hosts) {
      await ground.setDistance(host, 0);
      if (!this.#dead.has(host)) await ground.mend(host);
    }
    await this.#revive();
    for (const host of (await client.live.snapshot()).hosts) {
      if (host.connection.state !== 'connected')
        await client.hosts.reconnect({ hostId: host.id, credentials: {} }).catch(() => undefined);
    }
    await this.#stage.connected();
  }
}
