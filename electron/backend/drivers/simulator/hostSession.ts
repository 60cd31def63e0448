import { ORPCError } from '@orpc/client';
import { DroverError, errorDataSchema } from '#shared/contract/errors.ts';
import type { SessionEvent } from '#shared/contract/worldContract.ts';
import type { CallOptions, Unsubscribe } from '../drivers.ts';
import { afterDeadline } from './deadline.ts';
import type { WorldAccess, WorldClient, WorldConnection } from './worldAccess.ts';

/** As the libvirt driver's: a call without a deadline of its own. */
const usualDeadlineMs = 10_000;
/** Longer than the world itself waits for a host that says nothing. */
const openDeadlineMs = 40_000;

interface Ask {
  readonly client: WorldClient;
  readonly session: string;
  readonly options: { readonly signal: AbortSignal };
}

/** One login to a simulated host. It ends when the host's end breaks, the world is lost, or it is closed. */
export class HostSession {
  readonly host: string;
  readonly #world: WorldAccess;
  readonly #client: WorldClient;
  readonly #session: string;
  readonly #events = new Set<(event: SessionEvent) => void>();
  readonly #closed = new Set<(reason: DroverError) => void>();
  readonly #over = new AbortController();
  #ended: DroverError | undefined;

  private constructor(world: WorldAccess, client: WorldClient, session: string, host: string) {
    this.#world = world;
    this.#client = client;
    this.#session = session;
    this.host = host;
  }

  /** `host` as the world knows it, `shown` as the operator does. */
  static async open(
    world: WorldAccess,
    connection: WorldConnection,
    { host, shown }: { readonly host: string; readonly shown: string },
    options: CallOptions = {},
  ): Promise<HostSession> {
    const { client } = connection;
    const tried = `Connect to ${shown}`;
    const { session } = await limited(world, connection, tried, openDeadlineMs, options, (limits) =>
      client.session.open({ host }, limits),
    );
    const opened = new HostSession(world, client, session, shown);
    const endWorld = connection.onClose((reason) => opened.#end(asDroverError(reason, `Ask ${shown}`)));
    opened.onClose(endWorld);
    try {
      await opened.#listen(tried);
    } catch (thrown) {
      await opened.close();
      throw thrown;
    }
    return opened;
  }

  /** @throws DroverError: what the host refused, `timed-out`, or why the session ended */
  async call<T>(
    tried: string,
    ask: (through: Ask) => Promise<T>,
    options: CallOptions = {},
    deadlineMs: number | undefined = usualDeadlineMs,
  ): Promise<T> {
    return await limited(this.#world, this, tried, deadlineMs, options, (limits) =>
      ask({ client: this.#client, session: this.#session, options: limits }),
    );
  }

  subscribe(listener: (event: SessionEvent) => void): Unsubscribe {
    this.#events.add(listener);
    return () => this.#events.delete(listener);
  }

  onClose(listener: (reason: DroverError) => void): Unsubscribe {
    if (this.#ended !== undefined) {
      listener(this.#ended);
      return () => undefined;
    }
    this.#closed.add(listener);
    return () => this.#closed.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#end(
      new DroverError({
        code: 'connection-lost',
        tried: `Ask ${this.host}`,
        cause: 'the connection was closed by Drover',
      }),
    );
    // A world that is gone has closed it by itself; nobody waits for one that hangs.
    void this.#client.session.close({ session: this.#session }).catch(() => undefined);
  }

  /** Resolves once the world tells of events; what it tells from then on is passed on until the session ends. */
  async #listen(tried: string): Promise<void> {
    const events = await limited(this.#world, this, tried, openDeadlineMs, {}, () =>
      this.#client.session.events({ session: this.#session }, { signal: this.#over.signal }),
    );
    const lost = `Ask ${this.host}`;
    void (async () => {
      try {
        for await (const event of events) for (const listener of this.#events) listener(event);
        this.#end(
          new DroverError({ code: 'connection-lost', tried: lost, cause: 'it closed the connection' }),
        );
      } catch (thrown) {
        this.#end(asDroverError(thrown, lost));
      }
    })();
  }

  #end(reason: DroverError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#over.abort();
    const listeners = [...this.#closed];
    this.#closed.clear();
    this.#events.clear();
    for (const listener of listeners) listener(reason);
  }
}

/**
 * A question that ends in any case: by its answer, its deadline, the end of what carries it, or because nobody wants
 * it any more; the last three are told to the world, so that it waits for nothing either.
 */
async function limited<T>(
  world: WorldAccess,
  carrier: { onClose(listener: (reason: Error) => void): Unsubscribe },
  tried: string,
  usualMs: number | undefined,
  { signal, deadlineMs = usualMs }: CallOptions,
  ask: (limits: { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const ends: (() => void)[] = [];
  try {
    return await new Promise<T>((resolve, reject) => {
      const giveUp = (reason: DroverError) => {
        reject(reason);
        over.abort();
      };
      const withdrawn = () =>
        giveUp(new DroverError({ code: 'cancelled', tried, cause: 'the question was withdrawn' }));
      if (signal?.aborted === true) return withdrawn();
      signal?.addEventListener('abort', withdrawn);
      ends.push(() => signal?.removeEventListener('abort', withdrawn));
      if (deadlineMs !== undefined && Number.isFinite(deadlineMs)) {
        ends.push(
          afterDeadline(world, deadlineMs, () =>
            giveUp(
              new DroverError({
                code: 'timed-out',
                tried,
                cause: `there was no answer within ${deadlineMs / 1000} s of the cluster's time`,
                next: 'Check that the host is on and its link whole',
              }),
            ),
          ),
        );
      }
      ends.push(carrier.onClose((reason) => giveUp(asDroverError(reason, tried))));
      if (over.signal.aborted) return;
      ask({ signal: over.signal }).then(resolve, (thrown: unknown) => reject(asDroverError(thrown, tried)));
    });
  } finally {
    for (const end of ends) end();
  }
}

/** What a world answered with, or why it could not. */
export function asDroverError(thrown: unknown, tried: string): DroverError {
  if (thrown instanceof DroverError) return thrown;
  if (thrown instanceof ORPCError) {
    const data = errorDataSchema.safeParse(thrown.data);
    if (data.success) return DroverError.fromData(data.data);
    return new DroverError({
      code: 'world-unusable',
      tried,
      cause: `the simulated world could not answer (${thrown.message})`,
      next: 'Look at its world.log',
      source: thrown,
    });
  }
  return new DroverError({
    code: 'connection-lost',
    tried,
    cause: `the connection to the simulated world broke (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    next: 'It is made again by itself; try again in a moment',
    source: thrown,
  });
}
