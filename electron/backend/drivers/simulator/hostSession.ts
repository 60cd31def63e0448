import { ORPCError } from '@orpc/client';
import { DroverError, errorDataSchema } from '#shared/contract/errors.ts';
import type { SessionEvent, WorldRoster } from '#shared/contract/worldContract.ts';
import type { CallOptions, Unsubscribe } from '../drivers.ts';
import { afterDeadline } from './deadline.ts';
import type { Questions } from './questions.ts';
import type { WorldAccess, WorldClient, WorldConnection } from './worldAccess.ts';

/** As the libvirt driver's: a call without a deadline of its own. */
const usualDeadlineMs = 10_000;
/** Longer than the world itself waits for a host that says nothing. */
const openDeadlineMs = 40_000;

/** Made where it is asked for: most questions travel with others, and need none. */
interface Limits {
  readonly signal: AbortSignal;
  readonly isOver: boolean;
}

interface Ask {
  readonly client: WorldClient;
  readonly questions: Questions;
  readonly session: string;
  readonly options: Limits;
}

/** One login to a simulated host. It ends when the host's end breaks, the world is lost, or it is closed. */
export class HostSession {
  readonly host: string;
  /** The guests that it counted last, by the number that its host gives such a list. */
  roster: { readonly number: number; readonly guests: WorldRoster } = { number: 0, guests: [] };
  readonly #world: WorldAccess;
  readonly #connection: WorldConnection;
  readonly #session: string;
  readonly #events = new Set<(event: SessionEvent) => void>();
  readonly #closed = new Set<(reason: DroverError) => void>();
  readonly #over = new AbortController();
  #ended: DroverError | undefined;

  private constructor(world: WorldAccess, connection: WorldConnection, session: string, host: string) {
    this.#world = world;
    this.#connection = connection;
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
    const tried = `Connect to ${shown}`;
    const { session } = await limited(
      world,
      connection,
      connection,
      tried,
      openDeadlineMs,
      options,
      async (limits) => {
        const answer = await connection.questions.ask({ of: 'session', host });
        if (limits.isOver) closeSession(connection, answer.session);
        return answer;
      },
    );
    const opened = new HostSession(world, connection, session, shown);
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
    return await limited(this.#world, this.#connection, this, tried, deadlineMs, options, (limits) =>
      ask({
        client: this.#connection.client,
        questions: this.#connection.questions,
        session: this.#session,
        options: limits,
      }),
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
    closeSession(this.#connection, this.#session);
  }

  /** Resolves once the world tells of events; what it tells from then on is passed on until the session ends. */
  async #listen(tried: string): Promise<void> {
    const events = await limited(this.#world, this.#connection, this, tried, openDeadlineMs, {}, () =>
      this.#connection.client.session.events({ session: this.#session }, { signal: this.#over.signal }),
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

/** A world that is gone has closed it by itself; nobody waits for one that hangs. */
function closeSession({ client }: WorldConnection, session: string): void {
  void client.session.close({ session }).catch(() => undefined);
}

/**
 * A question that ends in any case: by its answer, its deadline, the end of what carries it, or because nobody wants
 * it any more; the last three are told to the world, so that it waits for nothing either.
 */
async function limited<T>(
  world: WorldAccess,
  { caughtUp }: WorldConnection,
  carrier: { onClose(listener: (reason: Error) => void): Unsubscribe },
  tried: string,
  usualMs: number | undefined,
  { signal, deadlineMs = usualMs }: CallOptions,
  ask: (limits: Limits) => Promise<T>,
): Promise<T> {
  let controller: AbortController | undefined;
  let isOver = false;
  const limits: Limits = {
    get signal() {
      controller ??= new AbortController();
      if (isOver) controller.abort();
      return controller.signal;
    },
    get isOver() {
      return isOver;
    },
  };
  const ends: (() => void)[] = [];
  try {
    return await new Promise<T>((resolve, reject) => {
      const giveUp = (reason: DroverError) => {
        reject(reason);
        isOver = true;
        controller?.abort();
      };
      const withdrawn = () =>
        giveUp(new DroverError({ code: 'cancelled', tried, cause: 'the question was withdrawn' }));
      if (signal?.aborted === true) return withdrawn();
      signal?.addEventListener('abort', withdrawn);
      ends.push(() => signal?.removeEventListener('abort', withdrawn));
      if (deadlineMs !== undefined && Number.isFinite(deadlineMs)) {
        ends.push(
          afterDeadline(world, deadlineMs, caughtUp, () =>
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
      if (isOver) return;
      ask(limits).then(resolve, (thrown: unknown) => reject(asDroverError(thrown, tried)));
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
