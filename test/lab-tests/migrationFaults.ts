import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { MigrationPhase } from '../../electron/backend/migration/environment.ts';
import type { GuestWish } from '../lab/startLab.ts';
import { killWhenThere } from './killedDrover.ts';
import { Guard } from './migrationGuard.ts';
import type { MigrationStage, WishedOptions } from './migrationStage.ts';

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

const guestWish: GuestWish = {
  name: 'guest',
  memoryMiB: 112,
  dirtyMiB: 24,
  dirtyRateMiBPerSecond: 12,
};
const slowMbit = 60;
const shortCutMs = 5000;
const longCutMs = 45_000;
const deadlineMs = 240_000;
const heardMs = 500;

/** One cell of the table: a migration, struck at that very place, and whatever becomes of it. */
export class FaultTable {
  readonly #stage: MigrationStage;
  readonly #pending: Promise<unknown>[] = [];
  readonly #dead = new Set<string>();

  constructor(stage: MigrationStage) {
    this.#stage = stage;
  }

  async run(cell: Cell): Promise<Found> {
    const stage = this.#stage;
    const { lab } = stage;
    await this.#provideGuest();
    const vm = await stage.vm(guestWish.name);
    const from = await stage.hostName(vm.hostId);
    const to = from === 'host-a' ? 'host-b' : 'host-a';
    const boot = (await lab.ask(guestWish.name, 3000))?.boot;
    const guard = new Guard(lab, guestWish.name);
    const began = performance.now();
    try {
      if (cell.phase === 'post-copy') await lab.link(from, slowMbit);
      const options: WishedOptions =
        cell.phase === 'post-copy' ? { postCopy: true } : { bandwidthMiBPerSecond: 24 };
      const ended =
        cell.fault === 'Drover killed (kill -9)'
          ? await this.#killed(cell, to, options)
          : await this.#struck(cell, from, to, options);
      const seconds = (performance.now() - began) / 1000;
      // A link that is still cut hides the guest from whoever asks it.
      await Promise.all(this.#pending.splice(0));
      const twice = await guard.stop();
      const sightings = await lab.sightings(guestWish.name);
      const running = sightings.filter(({ state }) => state === 'running').map(({ host }) => host);
      const now = await lab.ask(guestWish.name, 3000);
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
        same: now !== undefined && now.boot === boot,
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
      if (phase === 'post-copy' && moment === 'after') await pause(heardMs);
      await this.#strike(cell.fault, from, to);
    });
    if (cell.fault === 'workstation 100 ms away') {
      struck = true;
      for (const distance of stage.distances.values()) distance.setDelay(50);
    }
    const taskId = await stage.begin(guestWish.name, to, options);
    const ended = await this.#follow(taskId, async (task) => {
      if (task.state !== 'undecided') return;
      const declared = cell.fault === 'source dead, declared so' ? from : to;
      if (cell.fault.endsWith('declared so')) {
        await stage.client.hosts
          .declareDead({ hostId: await stage.hostId(declared), dead: true })
          .catch(() => undefined);
      }
      if (cell.fault.endsWith('back later')) await this.#revive();
    });
    if (!struck) throw new Error(`the migration never came to ${cell.phase}, ${cell.moment}`);
    return ended;
  }

  async #strike(fault: Fault, from: string, to: string): Promise<void> {
    const { lab, distances } = this.#stage;
    const later = (milliseconds: number, act: () => Promise<void>) =>
      this.#pending.push(pause(milliseconds).then(act));
    switch (fault) {
      case 'source connection lost':
        distances.get(from)?.lose();
        break;
      case 'destination connection lost':
        distances.get(to)?.lose();
        break;
      case 'both connections lost':
        for (const distance of distances.values()) distance.lose();
        break;
      case 'source dead, declared so':
      case 'source dead, back later':
        this.#dead.add(from);
        await lab.kill(from);
        break;
      case 'destination dead, declared so':
      case 'destination dead, back later':
        this.#dead.add(to);
        await lab.kill(to);
        break;
      case 'link cut for 5 s':
        await lab.cut(to);
        later(shortCutMs, () => lab.heal(to));
        break;
      case 'link cut for 45 s':
        await lab.cut(to);
        later(longCutMs, () => lab.heal(to));
        break;
      case 'libvirtd restarted on source':
        await lab.restartLibvirt(from);
        break;
      case 'libvirtd restarted on destination':
        await lab.restartLibvirt(to);
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
    const request = await stage.request(guestWish.name, to, options);
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
    );
    return { task, wasUndecided };
  }

  async #revive(): Promise<void> {
    for (const host of this.#dead) {
      this.#dead.delete(host);
      await this.#stage.lab.revive(host);
    }
  }

  /** Everything as it was, for the next cell. */
  async #mend(): Promise<void> {
    const { lab, distances, client } = this.#stage;
    this.#stage.strike(() => undefined);
    await Promise.all(this.#pending.splice(0));
    for (const [host, distance] of distances) {
      distance.setDelay(0);
      if (!this.#dead.has(host)) {
        await lab.heal(host);
        await lab.link(host, undefined);
      }
    }
    await this.#revive();
    for (const host of (await client.live.snapshot()).hosts) {
      if (host.connection.state !== 'connected')
        await client.hosts.reconnect({ hostId: host.id, credentials: {} }).catch(() => undefined);
    }
    await this.#stage.connected();
  }

  /** A guest that runs on one host and is known to no other. */
  async #provideGuest(): Promise<void> {
    const { lab } = this.#stage;
    const isKnown = lab.description().guests.some((guest) => guest.name === guestWish.name);
    if (isKnown) {
      const sightings = await lab.sightings(guestWish.name);
      const [only] = sightings;
      if (sightings.length === 1 && only?.state === 'running' && (await lab.ask(guestWish.name, 2000)))
        return;
      await lab.removeGuest(guestWish.name);
    }
    await lab.defineGuest('host-a', guestWish);
    await lab.startGuest(guestWish.name);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
