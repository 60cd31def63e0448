import type { SessionEvent, WorldDomain, WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import type { MigrationJob } from '#shared/model/migrationJob.ts';
import type { WorldFault } from '#shared/model/simulation.ts';
import { rules } from '../dispatch.ts';
import { describe } from '../domains/describe.ts';
import { strike } from '../faults/faults.ts';
import { begin } from '../migrations/beginning.ts';
import { confirm } from '../migrations/confirming.ts';
import { jobOf } from '../migrations/control.ts';
import { finish } from '../migrations/finishing.ts';
import { perform } from '../migrations/performing.ts';
import { prepare } from '../migrations/preparing.ts';
import { sessionGone } from '../migrations/sessionGone.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Answer, Sessions } from '../sessions/sessions.ts';
import { firstState } from '../state/firstState.ts';
import type { DomainState, HostState } from '../state/state.ts';
import { World } from '../state/world.ts';

export const startedAt = Date.UTC(2026, 0, 5, 8);

/** How a call came out, looked at when one likes. */
export interface Asked<T> {
  state: 'waiting' | 'answered' | 'refused';
  value?: T;
  error?: Error;
}

/** A world whose time a test moves, spoken to as the process's procedures do. */
export class TestWorld {
  readonly world: World;
  readonly sessions: Sessions;
  /** Real time as the sessions see it. */
  realNow = 0;

  constructor(seed = 1, scenario: Scenario = builtInScenario('two-servers')) {
    this.world = new World(firstState(scenario, seed, startedAt), scenario, rules);
    this.sessions = new Sessions(this.world, sessionGone, () => this.realNow);
  }

  /** So much simulated time, letting whoever waits go on at each event. */
  async pass(milliseconds: number): Promise<void> {
    const goal = this.world.now + milliseconds;
    for (;;) {
      await settled();
      const next = this.world.nextAt();
      if (next === undefined || next > goal) break;
      this.world.runTo(Math.max(next, this.world.now));
    }
    this.world.runTo(goal);
    await settled();
  }

  /** Lets time pass until something is so. */
  async until(what: string, isSo: () => boolean, withinMs = 3_600_000): Promise<void> {
    const goal = this.world.now + withinMs;
    while (!isSo()) {
      if (this.world.now >= goal) throw new Error(`${what}: not within ${withinMs} simulated ms`);
      const next = this.world.nextAt() ?? goal;
      await this.pass(Math.min(Math.max(1, next - this.world.now), 1000));
    }
  }

  host(name: string): HostState {
    const host = this.world.host(name);
    if (host === undefined) throw new Error(`no host ${name}`);
    return host;
  }

  domain(host: string, vm: string): DomainState | undefined {
    return Object.values(this.host(host).domains).find(({ definition }) => definition.name === vm);
  }

  uuid(vm: string): string {
    const found = this.world
      .hosts()
      .flatMap((host) => Object.values(host.domains))
      .find(({ definition }) => definition.name === vm);
    if (found === undefined) throw new Error(`no VM ${vm}`);
    return found.uuid;
  }

  /** "active (booted)" and the like, or "absent". */
  stateOf(host: string, vm: string): string {
    const domain = this.domain(host, vm);
    if (domain === undefined) return 'absent';
    const { state, reason } = describe(domain);
    return `${state} (${reason})`;
  }

  strike(fault: WorldFault): void {
    strike(this.world, fault);
  }

  async open(host: string, console = 'console-1'): Promise<string> {
    return await this.come(this.watch(this.sessions.open(host, console)));
  }

  listen(session: string): SessionEvent[] {
    const heard: SessionEvent[] = [];
    void (async () => {
      for await (const event of this.sessions.events(session)) heard.push(event);
    })().catch(() => undefined);
    return heard;
  }

  request<T>(
    session: string,
    carryOut: (world: World, host: HostState, answer: Answer<T>, session: string) => void,
  ): Asked<T> {
    return this.watch(
      this.sessions.request<T>(session, (host, answer, id) => carryOut(this.world, host, answer, id)),
    );
  }

  watch<T>(promise: Promise<T>): Asked<T> {
    const asked: Asked<T> = { state: 'waiting' };
    promise.then(
      (value) => Object.assign(asked, { state: 'answered', value }),
      (error: unknown) => Object.assign(asked, { state: 'refused', error }),
    );
    return asked;
  }

  /** Lets time pass until it is answered; throws what refused it. */
  async come<T>(asked: Asked<T>, withinMs = 3_600_000): Promise<T> {
    await settled();
    await this.until('an answer', () => asked.state !== 'waiting', withinMs);
    if (asked.error !== undefined) throw asked.error;
    return asked.value as T;
  }

  async ask<T>(session: string, carryOut: (world: World, host: HostState) => T): Promise<T> {
    return await this.come(
      this.request<T>(session, (world, host, answer) => answer.ok(carryOut(world, host))),
    );
  }

  async job(session: string, vm: string): Promise<MigrationJob | undefined> {
    const uuid = this.uuid(vm);
    return await this.ask(session, (world, host) => jobOf(world, host, uuid));
  }
}

/** A migration by its phases, as a console drives it. */
export class TestMigration {
  readonly test: TestWorld;
  readonly uuid: string;
  readonly from: string;
  readonly to: string;
  readonly settings: WorldMigrationSettings;
  source = '';
  destination = '';
  #cookie = '';
  #uri = '';
  #domain: WorldDomain | undefined;

  constructor(test: TestWorld, vm: string, to: string, options: Partial<WorldMigrationSettings> = {}) {
    this.test = test;
    this.uuid = test.uuid(vm);
    this.from = test.world.hosts().find(({ domains }) => domains[this.uuid] !== undefined)?.name ?? '';
    this.to = to;
    this.settings = {
      domainName: vm,
      copyStorage: 'none',
      copyDisks: [],
      autoConverge: false,
      postCopy: false,
      resumePostCopy: false,
      unsafe: true,
      destinationAddress: test.world.facts(test.host(to)).address,
      ...options,
    };
  }

  get hasBegun(): boolean {
    return this.#domain !== undefined;
  }

  async openSessions(): Promise<void> {
    this.source = await this.test.open(this.from);
    this.destination = await this.test.open(this.to);
  }

  async begin(): Promise<void> {
    const { uuid, settings, source } = this;
    const begun = await this.test.come(
      this.test.request<{ readonly cookie: string; readonly domain: WorldDomain }>(
        source,
        (world, host, answer, session) => begin(world, host, { uuid, settings }, session, answer),
      ),
    );
    this.#cookie = begun.cookie;
    this.#domain = begun.domain;
  }

  async prepare(): Promise<void> {
    const { settings, destination } = this;
    const domain = this.#domain;
    if (domain === undefined) throw new Error('not begun');
    const cookie = this.#cookie;
    const prepared = await this.test.come(
      this.test.request<{ readonly cookie: string; readonly uri: string }>(
        destination,
        (world, host, answer, session) =>
          answer.ok(prepare(world, host, { settings, cookie, domain }, session)),
      ),
    );
    this.#uri = prepared.uri;
  }

  perform(): Asked<{ readonly cookie: string }> {
    const { uuid, settings, source } = this;
    const uri = this.#uri;
    return this.test.request(source, (world, host, answer) =>
      perform(world, host, { uuid, uri, resume: settings.resumePostCopy }, answer),
    );
  }

  finish(cancelled = false): Asked<{ readonly cookie: string }> {
    const { uuid, destination } = this;
    return this.test.request(destination, (world, host, answer) =>
      finish(world, host, { uuid, cancelled }, answer),
    );
  }

  confirm(cancelled = false): Asked<object> {
    const { uuid, source } = this;
    return this.test.request<object>(source, (world, host, answer) =>
      answer.ok(confirm(world, host, { uuid, cancelled })),
    );
  }

  /** Up to where the memory flows. */
  async toPerforming(): Promise<Asked<{ readonly cookie: string }>> {
    await this.openSessions();
    await this.begin();
    await this.prepare();
    return this.perform();
  }

  /** All of it. */
  async run(): Promise<void> {
    await this.test.come(await this.toPerforming());
    await this.test.come(this.finish());
    await this.test.come(this.confirm());
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
