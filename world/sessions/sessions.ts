import type { DroverError } from '#shared/contract/errors.ts';
import type { SessionEvent } from '#shared/contract/worldContract.ts';
import { isOpen, keepaliveMs } from '../hosts/path.ts';
import { connectionLost, cutOff, libvirtDoesNotRun, noAnswer, noSuchHost } from '../state/failures.ts';
import type { HostState } from '../state/state.ts';
import type { Listeners, World } from '../state/world.ts';
import { ReaderStream } from './readerStream.ts';
import { Wire } from './wire.ts';

const loginPatienceMs = 10_000;
/** What a console that never reads its events, or lags, is told of at the most. */
const mostEvents = 1000;

/** How what was asked at a host is answered: now or once it has come about, in either case once. */
export interface Answer<T> {
  readonly ok: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

interface Session {
  readonly id: string;
  readonly host: string;
  readonly wire: Wire;
  readonly console: string;
  /** The host's libvirt still knows it. */
  heldByHost: boolean;
  /** Real time of the console's last word over it, milliseconds. */
  askedAt: number;
  /** The console's end; undefined while it lasts. */
  ended?: { readonly error?: DroverError };
  readonly events: ReaderStream<SessionEvent>;
  readonly waiting: Set<(error: DroverError) => void>;
}

/** What one more thing than calls and events sends from a host to its console, as long as the session lasts. */
export interface Line {
  send(deliver: () => void): void;
  leave(): void;
}

export type SessionGone = (world: World, host: HostState, session: string) => void;

/**
 * The consoles' connections to the hosts' libvirts, with both of their ends: what was asked travels to the host, is
 * carried out there, and its answer travels back. They end with this process; the state knows them by name only.
 */
export class Sessions implements Listeners {
  readonly #world: World;
  readonly #sessions = new Map<string, Session>();
  /** Of sessions and of logins under way. */
  readonly #wires = new Set<Wire>();
  readonly #onGone: SessionGone;
  readonly #realNow: () => number;
  #lastId = 0;

  /** `onGone`: what hung on a session is undone at its host. `realNow` is asked only how long a console was quiet. */
  constructor(world: World, onGone: SessionGone, realNow: () => number) {
    this.#world = world;
    this.#onGone = onGone;
    this.#realNow = realNow;
    world.listeners = this;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @throws DroverError `not-found`, `host-unreachable`, `libvirt-stopped` */
  open(hostName: string, console: string): Promise<string> {
    const host = this.#world.host(hostName);
    if (host === undefined)
      throw noSuchHost(
        hostName,
        this.#world.hosts().map(({ name }) => name),
      );
    const wire = new Wire(this.#world, hostName);
    this.#wires.add(wire);
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = (run: () => void) => {
        if (!isSettled) run();
        isSettled = true;
        giveUp();
      };
      const refuse = (error: DroverError) => {
        settle(() => reject(error));
        this.#wires.delete(wire);
      };
      const giveUp = this.#world.after(loginPatienceMs, () => refuse(noAnswer(hostName, loginPatienceMs)));
      wire.send(() => {
        if (isSettled) return;
        if (!host.libvirtRuns) return wire.send(() => refuse(libvirtDoesNotRun(hostName)));
        const session = this.#create(wire, console);
        wire.send(() => {
          if (isSettled) this.close(session.id);
          else settle(() => resolve(session.id));
        });
      });
    });
  }

  /** The console is done with it. What is under way is not waited for. */
  close(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined || session.ended !== undefined) return;
    this.#end(session, undefined);
    this.#hangUp(session);
  }

  /** A console's process is gone, or its connection to the world. */
  consoleGone(console: string): void {
    for (const session of this.#sessions.values()) {
      if (session.console === console) this.close(session.id);
    }
  }

  events(id: string, signal?: AbortSignal): AsyncGenerator<SessionEvent, void, void> {
    return this.#required(id).events.read(signal);
  }

  /** Asks for what is answered at once. */
  async ask<T>(id: string, carryOut: (host: HostState) => T): Promise<T> {
    return await this.request(id, (host, answer) => answer.ok(carryOut(host)));
  }

  /**
   * Asks for what may take its time; what `carryOut` throws is an answer, too. Waits as long as the host is silent, and
   * fails with the session: whether it was carried out is not known then.
   */
  async request<T>(
    id: string,
    carryOut: (host: HostState, answer: Answer<T>, session: string) => void,
  ): Promise<T> {
    const session = this.#required(id);
    session.askedAt = this.#realNow();
    const host = this.#world.host(session.host);
    if (host === undefined) throw new Error(`a session with ${session.host}, which is no host`);
    return await new Promise((resolve, reject) => {
      const lost = (error: DroverError) => reject(cutOff(session.host, error));
      session.waiting.add(lost);
      const back = (settle: () => void) =>
        session.wire.send(() => {
          session.waiting.delete(lost);
          settle();
        });
      const answer: Answer<T> = {
        ok: (value) => back(() => resolve(value)),
        fail: (error) => back(() => reject(error)),
      };
      session.wire.send(() => {
        if (!session.heldByHost) return this.#reset(session);
        try {
          carryOut(host, answer, id);
        } catch (thrown) {
          answer.fail(thrown);
        }
      });
    });
  }

  /** `ended` is called once, when the session ends before the line was left. */
  line(id: string, ended: (error: DroverError) => void): Line {
    const session = this.#required(id);
    session.waiting.add(ended);
    return {
      send: (deliver) => session.wire.send(deliver),
      leave: () => void session.waiting.delete(ended),
    };
  }

  /**
   * Whether a console that is there has said something over one of these within so much real time; not where nothing
   * gets through to one of their hosts, for then its next word cannot come.
   */
  isHeard(ids: readonly string[], withinMs: number): boolean {
    const now = this.#realNow();
    const open = ids
      .flatMap((id) => this.#sessions.get(id) ?? [])
      .filter((session) => session.ended === undefined);
    if (open.some(({ host }) => !this.#isReached(host))) return false;
    return open.some(({ askedAt }) => now - askedAt < withinMs);
  }

  #isReached(name: string): boolean {
    const host = this.#world.host(name);
    return host !== undefined && isOpen(this.#world, host);
  }

  tell(host: string, event: SessionEvent): void {
    for (const session of this.#of(host)) {
      if (session.heldByHost) session.wire.send(() => session.events.push(event));
    }
  }

  pathClosed(host: string): void {
    const since = this.#world.host(host)?.silentSince;
    this.#world.after(keepaliveMs, () => {
      if (since === undefined || this.#world.host(host)?.silentSince !== since) return;
      for (const session of this.#of(host)) {
        this.#end(
          session,
          connectionLost(host, `it has not answered for ${Math.round(keepaliveMs / 1000)} s`),
        );
        this.#forget(session);
      }
    });
  }

  pathOpened(host: string): void {
    for (const wire of this.#wires) {
      if (wire.host === host) wire.opened();
    }
  }

  breakAll(host: string, why: string): void {
    for (const session of this.#of(host)) {
      this.#end(session, connectionLost(host, why));
      this.#forget(session);
    }
  }

  forgotten(host: string): void {
    for (const session of this.#of(host)) session.heldByHost = false;
  }

  #create(wire: Wire, console: string): Session {
    this.#lastId += 1;
    const session: Session = {
      id: `session-${this.#lastId}`,
      host: wire.host,
      wire,
      console,
      heldByHost: true,
      askedAt: this.#realNow(),
      events: new ReaderStream({
        most: mostEvents,
        sizeOf: () => 1,
        // What is told says only that somebody should look.
        laggard: 'misses the oldest',
        take: (waiting) => waiting.splice(0, 1),
      }),
      waiting: new Set(),
    };
    this.#sessions.set(session.id, session);
    return session;
  }

  #end(session: Session, error: DroverError | undefined): void {
    if (session.ended !== undefined) return;
    session.ended = error === undefined ? {} : { error };
    session.events.end(error);
    for (const lost of session.waiting) lost(error ?? connectionLost(session.host, 'it was closed here'));
    session.waiting.clear();
    if (!session.heldByHost) this.#drop(session);
  }

  /** The host hears that the console has closed it, or finds out by its own keepalive. */
  #hangUp(session: Session): void {
    session.wire.send(() => this.#forget(session));
  }

  #forget(session: Session): void {
    const host = this.#world.host(session.host);
    if (session.heldByHost && host !== undefined) {
      session.heldByHost = false;
      this.#onGone(this.#world, host, session.id);
    }
    if (session.ended !== undefined) this.#drop(session);
  }

  /** A host that knows nothing of a connection says so to whoever still uses it. */
  #reset(session: Session): void {
    session.wire.send(() => this.#end(session, connectionLost(session.host, 'the connection was reset')));
  }

  #of(host: string): readonly Session[] {
    return [...this.#sessions.values()].filter((session) => session.host === host);
  }

  #drop(session: Session): void {
    this.#sessions.delete(session.id);
    this.#wires.delete(session.wire);
  }

  #required(id: string): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw connectionLost('the host', 'this connection has ended');
    if (session.ended !== undefined) {
      throw session.ended.error ?? connectionLost(session.host, 'it was closed here');
    }
    return session;
  }
}
