import type { DroverError } from '#shared/contract/errors.ts';
import type { SessionEvent } from '#shared/contract/worldContract.ts';
import { rateOf } from '../../clock/clock.ts';
import type { CallOptions, LinkState, Unsubscribe } from '../drivers.ts';
import { LinkStanding } from '../link/linkStanding.ts';
import { keepConnected, type Reconnecting, type ReconnectState } from '../link/reconnecting.ts';
import { HostSession } from './hostSession.ts';
import type { WorldAccess, WorldConnection, WorldState } from './worldAccess.ts';

/**
 * One simulated host's link. While its world runs a session is kept, with the back-off of a real host's in the
 * cluster's time; while the world is lost nothing is tried, and the link says so.
 */
export class SimulatedHostLink {
  readonly name: string;
  readonly world: WorldAccess;
  readonly #host: string;
  readonly #random: () => number;
  readonly #standing: LinkStanding;
  readonly #events = new Set<(event: SessionEvent) => void>();
  readonly #endWorld: Unsubscribe;
  #connection: WorldConnection | undefined;
  #kept: Reconnecting<HostSession> | undefined;

  constructor(input: {
    readonly world: WorldAccess;
    /** As the world knows it. */
    readonly host: string;
    /** As the operator does. */
    readonly name: string;
    readonly random: () => number;
  }) {
    this.name = input.name;
    this.#standing = new LinkStanding(this.name);
    this.world = input.world;
    this.#host = input.host;
    this.#random = input.random;
    this.#endWorld = this.world.subscribe((state) => this.#worldChanged(state));
    this.#worldChanged(this.world.state());
  }

  state(): LinkState {
    return this.#standing.state;
  }

  subscribe(listener: (state: LinkState) => void): Unsubscribe {
    return this.#standing.subscribe(listener);
  }

  /** What its session tells, whichever it is just now. */
  subscribeEvents(listener: (event: SessionEvent) => void): Unsubscribe {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  /** @throws DroverError at once while the link is down */
  session(): HostSession {
    const state = this.#kept?.state;
    if (state?.kind === 'connected') return state.connection;
    throw this.#standing.down();
  }

  /** Over that session; rejects at once while the link is down. */
  ask: HostSession['call'] = async (tried, question, options, deadlineMs) =>
    await this.session().call(tried, question, options, deadlineMs);

  /** One more session, for one end of a migration; the caller closes it. */
  async open(options: CallOptions = {}): Promise<HostSession> {
    const connection = this.#connection;
    if (connection === undefined || this.#standing.state.state !== 'connected') throw this.#standing.down();
    return await HostSession.open(this.world, connection, this.#names(), options);
  }

  async connected(options: CallOptions = {}): Promise<void> {
    // A person waits for it, and not in the cluster's time.
    await this.#standing.connected(this.world.wall, options);
  }

  reconnect(): void {
    if (this.#standing.state.state === 'connected') return;
    this.#standing.tell({ state: 'connecting' });
    if (this.#kept === undefined) this.world.retryNow();
    else this.#kept.retryNow();
  }

  async close(): Promise<void> {
    this.#standing.close();
    this.#events.clear();
    this.#endWorld();
    await this.#drop()?.stop();
  }

  #names() {
    return { host: this.#host, shown: this.name };
  }

  #worldChanged(state: WorldState): void {
    switch (state.standing) {
      case 'running':
        if (state.connection !== this.#connection) this.#keep(state.connection);
        return;
      case 'starting':
        void this.#drop()?.stop();
        return this.#standing.tell({ state: 'connecting' });
      case 'lost':
        void this.#drop()?.stop();
        return this.#standing.tell({ state: 'unreachable', error: state.error, retryAt: state.retryAt });
      default:
        state satisfies never;
    }
  }

  #keep(connection: WorldConnection): void {
    void this.#drop()?.stop();
    this.#connection = connection;
    const kept = keepConnected({
      connect: ({ signal }) => HostSession.open(this.world, connection, this.#names(), { signal }),
      clock: this.world.clock,
      random: this.#random,
    });
    this.#kept = kept;
    kept.subscribe((state) => {
      if (this.#kept === kept) this.#enter(state);
    });
    this.#enter(kept.state);
  }

  #drop(): Reconnecting<HostSession> | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    this.#connection = undefined;
    return kept;
  }

  /** A further try while the host is known to be away is no news: it stays "unreachable" until it answers. */
  #enter(state: ReconnectState<HostSession>): void {
    switch (state.kind) {
      case 'connecting':
        if (this.#standing.state.state !== 'unreachable') this.#standing.tell({ state: 'connecting' });
        return;
      case 'connected':
        state.connection.subscribe((event) => {
          for (const listener of this.#events) listener(event);
        });
        return this.#standing.tell({ state: 'connected' });
      case 'waiting':
        return this.#waits(state.reason, state.retryAt);
      case 'needs-attention':
        return this.#standing.tell({ state: 'needs-attention', error: state.reason.toData() });
      case 'stopped':
        return;
      default:
        state satisfies never;
    }
  }

  /** The wait is in the cluster's time; a person reads the wall clock. */
  #waits(reason: DroverError, retryAt: number): void {
    // A world that is lost ends its sessions first; the link hears in a moment what it was.
    if (this.world.state().standing !== 'running') return;
    const { clock, wall } = this.world;
    const inMs = Math.max(0, retryAt - clock.now()) / Math.max(rateOf(clock), 1);
    this.#standing.tell({ state: 'unreachable', error: reason.toData(), retryAt: wall.now() + inMs });
  }
}
