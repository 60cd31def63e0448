import type { SessionEvent } from '#shared/contract/worldContract.ts';
import type { Scenario, ScenarioHost } from '../scenario/scenario.ts';
import { EventQueue, type QueueEntry } from './eventQueue.ts';
import type { WorldEvent } from './events.ts';
import type { DomainState, HostState, WorldState } from './state.ts';

/** Carries out what is due; all rooms of the world meet there. */
export type Dispatch = (world: World, event: WorldEvent) => void;

/** What the sessions have to hear from the model; they live only as long as the process. */
export interface Listeners {
  /** libvirt on this host tells it to every session that it still holds. */
  tell(host: string, event: SessionEvent): void;
  pathClosed(host: string): void;
  pathOpened(host: string): void;
  /** Both ends notice: reset connections. `why` in a few words. */
  breakAll(host: string, why: string): void;
  /** The host forgot them without a word. */
  forgotten(host: string): void;
}

const nobody: Listeners = {
  tell: () => undefined,
  pathClosed: () => undefined,
  pathOpened: () => undefined,
  breakAll: () => undefined,
  forgotten: () => undefined,
};

/**
 * A state, its time and what is due. Time passes only in `runTo`, from one event to the next; whoever changes something
 * does so at `now`. Nothing in here asks for real time or for chance.
 */
export class World {
  readonly state: WorldState;
  readonly scenario: Scenario;
  listeners: Listeners = nobody;
  readonly #queue = new EventQueue();
  readonly #dispatch: Dispatch;
  readonly #hosts: ReadonlyMap<string, ScenarioHost>;
  /** Migrations that wait for their console, by UUID, and the sessions that it would speak over. */
  readonly waitingForConsole = new Map<string, readonly string[]>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #changed = new Set<() => void>();

  constructor(state: WorldState, scenario: Scenario, dispatch: Dispatch) {
    this.state = state;
    this.scenario = scenario;
    this.#dispatch = dispatch;
    this.#hosts = new Map(scenario.hosts.map((host) => [host.name, host]));
    this.#queue.restore(state.scheduled);
    state.scheduled = [];
  }

  get now(): number {
    return this.state.now;
  }

  host(name: string): HostState | undefined {
    return this.state.hosts[name];
  }

  hosts(): readonly HostState[] {
    return Object.values(this.state.hosts);
  }

  /** What the scenario says of a host. */
  facts(host: HostState): ScenarioHost {
    const facts = this.#hosts.get(host.name);
    if (facts === undefined) throw new Error(`the state holds ${host.name}, the scenario does not`);
    return facts;
  }

  newNumber(): number {
    this.state.lastNumber += 1;
    return this.state.lastNumber;
  }

  /** Part of the state: it happens after a restart, too. */
  schedule(delayMs: number, event: WorldEvent): void {
    this.#queue.add(this.now + Math.max(0, delayMs), { event });
  }

  /** For who waits in this process; the returned function takes it back. */
  after(delayMs: number, run: () => void): () => void {
    const entry: QueueEntry = this.#queue.add(this.now + Math.max(0, delayMs), { run });
    return () => {
      entry.cancelled = true;
    };
  }

  nextAt(): number | undefined {
    return this.#queue.nextAt();
  }

  /** `stop` is asked after each event; where it says so, time stays there. Returns whether `at` was reached. */
  runTo(at: number, stop: () => boolean = () => false): boolean {
    for (;;) {
      const next = this.#queue.nextAt();
      if (next === undefined || next > at) break;
      const entry = this.#queue.take();
      if (entry === undefined) break;
      this.state.now = Math.max(this.now, entry.at);
      if (entry.event !== undefined) this.#dispatch(this, entry.event);
      entry.run?.();
      if (stop()) return false;
    }
    this.state.now = Math.max(this.now, at);
    return true;
  }

  /** Calls back once something of this name has come about; the returned function takes it back. */
  await(name: string, run: () => void): () => void {
    const known = this.#waiting.get(name) ?? new Set();
    known.add(run);
    this.#waiting.set(name, known);
    return () => known.delete(run);
  }

  cameAbout(name: string): void {
    const known = this.#waiting.get(name);
    this.#waiting.delete(name);
    for (const run of known ?? []) run();
  }

  /** Something that a console sees without asking (power, links, hung guests) is different now. */
  changed(): void {
    for (const listener of this.#changed) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  /** A domain is not what it was; consoles ask again. */
  tellChanged(host: HostState, domain: DomainState): void {
    this.listeners.tell(host.name, { kind: 'changed', uuid: domain.uuid, name: domain.definition.name });
  }

  /** The state as it would be written down now. */
  snapshot(): WorldState {
    return { ...this.state, scheduled: this.#queue.scheduled() };
  }
}
