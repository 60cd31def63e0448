import type { SessionEvent } from '#shared/contract/worldContract.ts';
import type { Happening } from '#shared/model/happening.ts';
import type { Scenario, ScenarioHost } from '../scenario/scenario.ts';
import { EventQueue, type QueueEntry } from './eventQueue.ts';
import type { WorldEvent } from './events.ts';
import { indexScenario, type ScenarioIndex } from './scenarioIndex.ts';
import { seededUuid } from './seeded.ts';
import type { DomainState, HostState, InstanceState, WorldState } from './state.ts';

/** Where the rooms of the world meet: what each of them has to do when something happens in another. */
export interface Rules {
  /** Carries out what is due. */
  due(world: World, event: WorldEvent): void;
  /** Somebody on this host works faster or slower now, or the host itself is another. */
  loadsChanged(world: World, host: HostState): void;
  /** What has changed since time last passed is as it will be until it passes again. */
  timePasses(world: World): void;
  /** Something comes through to it again, or nothing does any more. */
  pathChanged(world: World, host: HostState): void;
  /** It is gone already; what hung on it goes with it. */
  instanceEnded(world: World, host: HostState, domain: DomainState, instance: InstanceState): void;
}

/** How something that was waited for came out. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

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
  readonly #rules: Rules;
  readonly index: ScenarioIndex;
  /** A world gains no hosts and loses none. */
  readonly #hosts: readonly HostState[];
  readonly #numbers: ReadonlyMap<HostState, number>;
  /** Of each host, by its number: until when its rates hold, and how often they or its counters' bases were others. */
  readonly loads: { readonly validUntilMs: Float64Array; readonly versions: Uint32Array };
  /** Hosts whose load is to be worked out anew before time passes. */
  readonly unsettled = new Set<HostState>();
  /** Migrations that wait for their console, by UUID, and the sessions that it would speak over. */
  readonly waitingForConsole = new Map<string, readonly string[]>();
  readonly #waiting = new Map<string, Set<(outcome: Outcome) => void>>();
  #isRunning = false;
  /** Something is due earlier than was thought. */
  onScheduled: () => void = () => undefined;
  readonly #changed = new Set<() => void>();
  readonly #guests = new Set<(host: string, uuid: string) => void>();
  readonly #happenings = new Set<(happening: Happening) => void>();

  constructor(state: WorldState, scenario: Scenario, rules: Rules) {
    this.state = state;
    this.scenario = scenario;
    this.#rules = rules;
    this.index = indexScenario(scenario);
    this.#hosts = Object.values(state.hosts);
    this.#numbers = new Map(this.#hosts.map((host, number) => [host, number]));
    const count = this.#hosts.length;
    this.loads = { validUntilMs: new Float64Array(count), versions: new Uint32Array(count) };
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
    return this.#hosts;
  }

  /** Its place in `hosts()`. */
  numberOf(host: HostState): number {
    return this.#numbers.get(host) ?? -1;
  }

  /** Of a VM of the scenario, by its name there. */
  uuidOf(vm: string): string {
    return seededUuid(this.state.seed, vm);
  }

  /** What the scenario says of a host. */
  facts(host: HostState): ScenarioHost {
    const facts = this.index.hosts.get(host.name);
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
    if (!this.#isRunning) this.onScheduled();
  }

  /** For who waits in this process; the returned function takes it back. */
  after(delayMs: number, run: () => void): () => void {
    const entry: QueueEntry = this.#queue.add(this.now + Math.max(0, delayMs), { run });
    if (!this.#isRunning) this.onScheduled();
    return () => {
      entry.cancelled = true;
    };
  }

  nextAt(): number | undefined {
    return this.#queue.nextAt();
  }

  /** `stop` is asked after each event; where it says so, time stays there. Returns whether `at` was reached. */
  runTo(at: number, stop: () => boolean = () => false): boolean {
    if (this.#isRunning) return false;
    this.#isRunning = true;
    try {
      for (;;) {
        const next = this.#queue.nextAt();
        if (next === undefined || next > at) break;
        const entry = this.#queue.take();
        if (entry === undefined) break;
        if (entry.at > this.now) this.#passTo(entry.at);
        if (entry.event !== undefined) this.#rules.due(this, entry.event);
        entry.run?.();
        if (stop()) return false;
      }
      if (at > this.now) this.#passTo(at);
      return true;
    } finally {
      this.#isRunning = false;
    }
  }

  #passTo(at: number): void {
    if (this.unsettled.size > 0) this.#rules.timePasses(this);
    this.state.now = at;
  }

  loadsChanged(host: HostState): void {
    this.#rules.loadsChanged(this, host);
  }

  pathChanged(host: HostState): void {
    this.#rules.pathChanged(this, host);
  }

  instanceEnded(host: HostState, domain: DomainState, instance: InstanceState): void {
    this.#rules.instanceEnded(this, host, domain, instance);
  }

  /** Calls back once what has this name has come out, whichever way; the returned function takes it back. */
  await(name: string, run: (outcome: Outcome) => void): () => void {
    const known = this.#waiting.get(name) ?? new Set();
    known.add(run);
    this.#waiting.set(name, known);
    return () => known.delete(run);
  }

  /** Nobody may be waiting; after a restart nobody is. */
  cameOut(name: string, outcome: Outcome = { ok: true }): void {
    const known = this.#waiting.get(name);
    this.#waiting.delete(name);
    for (const run of known ?? []) run(outcome);
  }

  /** Something that a console sees without asking (power, links, hung guests) is different now. */
  changed(): void {
    for (const listener of this.#changed) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  /** A guest may have something to say on its consoles, or is gone. */
  guestChanged(host: HostState, uuid: string): void {
    for (const listener of this.#guests) listener(host.name, uuid);
  }

  subscribeGuests(listener: (host: string, uuid: string) => void): () => void {
    this.#guests.add(listener);
    return () => this.#guests.delete(listener);
  }

  /** It has been put down; for who waits for such in this process. */
  happened(happening: Happening): void {
    for (const listener of this.#happenings) listener(happening);
  }

  subscribeHappenings(listener: (happening: Happening) => void): () => void {
    this.#happenings.add(listener);
    return () => this.#happenings.delete(listener);
  }

  /** A domain is not what it was; consoles ask again. */
  tellChanged(host: HostState, domain: DomainState): void {
    this.listeners.tell(host.name, { kind: 'changed', uuid: domain.uuid, name: domain.definition.name });
    this.guestChanged(host, domain.uuid);
  }

  /** Its guest has started anew in the same instance (libvirt's event of that name, for a reset too). */
  tellRebooted(host: HostState, domain: DomainState): void {
    const { uuid, definition } = domain;
    this.listeners.tell(host.name, { kind: 'changed', uuid, name: definition.name, rebooted: true });
    this.guestChanged(host, uuid);
  }

  /** The state as it would be written down now. */
  snapshot(): WorldState {
    return { ...this.state, scheduled: this.#queue.scheduled() };
  }
}
