import { DroverError, type ErrorData } from '#shared/contract/errors.ts';
import type { Simulation, WorldStatus } from '#shared/model/simulation.ts';
import type { Clock } from '../clock/clock.ts';
import { FollowingClock } from '../clock/followingClock.ts';
import type { Unsubscribe } from '../drivers/drivers.ts';
import type { WorldAccess, WorldClient, WorldState } from '../drivers/simulator/worldAccess.ts';
import type { WorldRecord } from '../hosts/registry.ts';
import {
  connectWorld,
  type OpenWorld,
  type WorldHello,
  WorldSilent,
  worldStopped,
} from './worldConnection.ts';
import { lastWords, readKeptWorld, readWorldInfo } from './worldFolder.ts';
import { type StartedWorld, startWorldProgram, type WorldProgram } from './worldProgram.ts';

export interface WorldLinkInput {
  readonly record: WorldRecord;
  /** As the operator calls it now. */
  readonly cluster: string;
  /** What a new world is made of, where that is a person's own; once made, the world keeps it. */
  readonly scenarioFile?: string;
  readonly wall: Clock;
  readonly program: WorldProgram;
  readonly console: string;
}

/** Real, all of them. */
const startPatienceMs = 60_000;
const startLookEveryMs = 25;
const lookAgainMs = 2000;
const toldWithinMs = 1000;
/** A world that dies this often within this time is left alone. */
const mostDeaths = 3;
const deathsWithinMs = 60_000;
const driftMs = 500;

/** One console's end of one world: finds it or starts it, follows its clock, and says when it is lost. */
export class WorldLink implements WorldAccess {
  readonly record: WorldRecord;
  readonly clock: FollowingClock;
  readonly wall: Clock;
  readonly #input: WorldLinkInput;
  readonly #listeners = new Set<(state: WorldState) => void>();
  readonly #watchers = new Set<() => void>();
  #state: WorldState = { standing: 'starting' };
  #open: OpenWorld | undefined;
  #hello: WorldHello | undefined;
  #told: { readonly status: WorldStatus; readonly readAt: number } | undefined;
  #takeRetry: () => void = () => undefined;
  #closed = false;
  /** One try at a time; whoever comes meanwhile waits for the same. */
  #trying: Promise<void> | undefined;

  constructor(input: WorldLinkInput) {
    this.#input = input;
    this.record = input.record;
    this.wall = input.wall;
    this.clock = new FollowingClock(input.wall);
  }

  state(): WorldState {
    return this.#state;
  }

  subscribe(listener: (state: WorldState) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whenever `simulation` is worth telling anew: not for mere time that passes. */
  onTold(listener: () => void): Unsubscribe {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  simulation(): Simulation {
    const { scenario, title, seed } = this.record;
    const story = this.#hello?.story ?? '';
    return {
      scenario,
      title,
      ...(story === '' ? {} : { story }),
      seed,
      standing: this.#state.standing,
      ...(this.#state.standing === 'lost' ? { error: this.#state.error } : {}),
      ...(this.#told === undefined ? {} : this.#told),
    };
  }

  /** Resolves when the world has told of something that fits; or after a second, whatever it has told. */
  async untilTold(fits: (status: WorldStatus) => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        end();
        take();
        resolve();
      };
      const look = () => {
        if (this.#told !== undefined && fits(this.#told.status)) done();
      };
      const end = this.onTold(look);
      const take = this.wall.after(toldWithinMs, done);
      look();
    });
  }

  hello(): WorldHello | undefined {
    return this.#hello;
  }

  /** @throws DroverError `world-stopped` at once where it is not reached */
  client(): WorldClient {
    if (this.#state.standing === 'running') return this.#state.connection.client;
    if (this.#state.standing === 'lost') throw DroverError.fromData(this.#state.error);
    throw new DroverError({
      code: 'world-stopped',
      tried: `Reach the simulated world of ${this.#input.cluster}`,
      cause: 'it is just being started',
      next: 'Try again in a moment',
    });
  }

  /**
   * Joins the world that runs in the folder; with `start` one that does not is started, from where it was last kept.
   * Resolves when it runs; rejects with why it does not, which the state tells as well.
   */
  async reach(start: boolean): Promise<void> {
    while (this.#trying !== undefined) await this.#trying.catch(() => undefined);
    if (this.#state.standing === 'running' || this.#closed) return;
    this.#takeRetry();
    const trying = this.#try(start);
    this.#trying = trying.finally(() => {
      this.#trying = undefined;
    });
    await this.#trying;
  }

  /** By a person: a process that hangs is ended first. */
  async revive(): Promise<void> {
    while (this.#trying !== undefined) await this.#trying.catch(() => undefined);
    // Also where it was being started already: a second connection would be nobody's to close.
    if (this.#state.standing === 'running') return;
    this.#enter({ standing: 'starting' });
    await this.endUseless();
    await this.reach(true);
  }

  retryNow(): void {
    void this.reach(false).catch(() => undefined);
  }

  /**
   * Ends a process that has the socket and is of no use: it says nothing, or is of another version (and ours). One that
   * has ended has no socket that could be opened, so nobody else who got its number is hit.
   */
  async endUseless(): Promise<void> {
    const { folder, made } = this.record;
    const info = readWorldInfo(folder);
    if (info === undefined) return;
    try {
      (await this.#connect(info.socketPath)).close();
    } catch (thrown) {
      const hangs = thrown instanceof WorldSilent && thrown.kind === 'hangs';
      const isOther = thrown instanceof DroverError && thrown.code === 'world-unusable';
      if (hangs || (isOther && made)) kill(info.pid);
    }
  }

  close(): void {
    this.#closed = true;
    this.#takeRetry();
    this.#listeners.clear();
    this.#watchers.clear();
    this.#open?.close();
    this.clock.close();
  }

  async #try(start: boolean): Promise<void> {
    try {
      const open = (await this.#join(start)) ?? (await this.#start());
      if (this.#closed) return open.close();
      this.#hold(open);
    } catch (thrown) {
      const error = thrown instanceof DroverError ? thrown : this.#silent(thrown);
      this.#lose(error.toData());
      throw error;
    }
  }

  /** undefined where no process answers and one is to be started. */
  async #join(start: boolean): Promise<OpenWorld | undefined> {
    const info = readWorldInfo(this.record.folder);
    try {
      if (info === undefined) throw new WorldSilent('gone', 'there is no world in its folder');
      return await this.#connect(info.socketPath);
    } catch (thrown) {
      if (!(thrown instanceof WorldSilent) || thrown.kind !== 'gone') throw thrown;
      // Where none can go on from what is kept, that is the reason to tell.
      readKeptWorld(this.record.folder);
      if (start) return undefined;
      throw thrown;
    }
  }

  async #start(): Promise<OpenWorld> {
    const { record, program } = this.#input;
    const clock = this.#told?.status.clock;
    let deaths: readonly number[] = [];
    this.#enter({ standing: 'starting' });
    for (;;) {
      const { scenarioFile } = this.#input;
      const started = startWorldProgram(program, { ...record, scenario: scenarioFile ?? record.scenario });
      const open = await this.#untilItAnswers(started);
      if (typeof open !== 'string') {
        // As it was left: speed and pause are the operator's, and what was set just before it died it has not written down.
        // Not by the program's words: of two consoles that start it at once, one's program may come late, and be the next world.
        if (clock !== undefined)
          await open.client.clock.set({
            rate: clock.chosenRate,
            ...(clock.paused ? { paused: true } : {}),
          });
        return open;
      }
      const now = this.wall.elapsed();
      deaths = [...deaths, now].filter((at) => now - at <= deathsWithinMs);
      if (deaths.length >= mostDeaths) {
        throw worldStopped(this.#input.cluster, 'gone', {
          detail: `${deaths.length} times within a minute: ${open}; ${lastWords(record.folder) ?? 'its world.log says nothing'}`,
        });
      }
    }
  }

  /** The connection; or how the process ended, where nobody else's answers either. */
  async #untilItAnswers(started: StartedWorld): Promise<OpenWorld | string> {
    let ending: string | undefined;
    let refusal: string | undefined;
    void started.ended.then(({ how, isSecond, isRefused }) => {
      if (isRefused) refusal = lastWords(this.record.folder);
      // Another console has started it in the same moment: its process answers soon.
      if (!isSecond) ending = how;
    });
    const until = this.wall.elapsed() + startPatienceMs;
    for (;;) {
      const died = ending;
      const info = readWorldInfo(this.record.folder);
      try {
        if (info !== undefined) return await this.#connect(info.socketPath);
      } catch (thrown) {
        if (!(thrown instanceof WorldSilent)) throw thrown;
      }
      if (died !== undefined && refusal !== undefined) throw this.#refused(refusal);
      if (died !== undefined) return died;
      if (this.wall.elapsed() > until || this.#closed) {
        throw worldStopped(this.#input.cluster, 'hangs', { pid: started.pid });
      }
      await new Promise<void>((resolve) => this.wall.after(startLookEveryMs, resolve));
    }
  }

  /** In the world's own words, which name the line where it is the scenario: to start it once more would be no use. */
  #refused(words: string): DroverError {
    const isScenario = words.startsWith('Read the scenario ');
    return DroverError.fromData({
      code: isScenario ? 'scenario-unusable' : 'world-unusable',
      message: words,
    });
  }

  #connect(socketPath: string): Promise<OpenWorld> {
    const { console, program } = this.#input;
    return connectWorld({ socketPath, console, wall: this.wall, hangsAfterMs: program.hangsAfterMs });
  }

  #hold(open: OpenWorld): void {
    this.#open = open;
    this.#hello = open.hello;
    // Before anybody else hears of it, so that what hangs on the connection finds the world lost already.
    open.onClose((reason) => {
      if (this.#open !== open) return;
      this.#open = undefined;
      if (!this.#closed) this.#lose(this.#silent(reason).toData());
    });
    void this.#follow(open);
    this.#enter({ standing: 'running', connection: open });
  }

  async #follow(open: OpenWorld): Promise<void> {
    try {
      for await (const status of await open.client.watch()) {
        if (this.#open !== open) return;
        this.#heard(status);
      }
      open.close();
    } catch {
      // The connection's own end is told by itself; a watch that ended alone leaves a world that nobody can follow.
      open.close();
    }
  }

  #heard(status: WorldStatus): void {
    this.clock.follow(status.clock);
    const readAt = this.wall.now();
    if (!isNews(this.#told, status, readAt)) return;
    this.#told = { status, readAt };
    this.#tellWatchers();
  }

  #silent(reason: unknown): DroverError {
    const kind = reason instanceof WorldSilent ? reason.kind : 'gone';
    return worldStopped(this.#input.cluster, kind, { pid: readWorldInfo(this.record.folder)?.pid });
  }

  #lose(error: ErrorData): void {
    this.clock.stand();
    this.#enter({ standing: 'lost', error, retryAt: this.wall.now() + lookAgainMs });
    if (this.#closed) return;
    this.#takeRetry = this.wall.after(lookAgainMs, () => this.retryNow());
  }

  #enter(state: WorldState): void {
    const isNews = !isSame(this.#state, state);
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
    if (isNews) this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Another look that found the same is no news. */
function isSame(one: WorldState, other: WorldState): boolean {
  if (one.standing === 'lost' && other.standing === 'lost') return one.error.message === other.error.message;
  return one.standing === other.standing;
}

/** Anything but time that passed at the rate that was told; or that by more than so much of real time. */
function isNews(
  told: { readonly status: WorldStatus; readonly readAt: number } | undefined,
  status: WorldStatus,
  readAt: number,
): boolean {
  if (told === undefined) return true;
  const { clock, ...rest } = status;
  const { clock: before, ...restBefore } = told.status;
  const isSameClock =
    clock.rate === before.rate && clock.chosenRate === before.chosenRate && clock.paused === before.paused;
  if (!isSameClock || JSON.stringify(rest) !== JSON.stringify(restBefore)) return true;
  const expected = before.at + (readAt - told.readAt) * before.rate;
  return Math.abs(clock.at - expected) > driftMs * before.rate;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
