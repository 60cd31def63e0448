import { randomBytes } from 'node:crypto';
import { DroverError } from '#shared/contract/errors.ts';
import type { ConsoleMessage } from '#shared/model/console.ts';
import { type ConsoleRequest, ConsoleSession, type ConsoleSurroundings } from './consoleSession.ts';

/** Each holds a channel of its host's login; a client that opens ever more has lost track of its own. */
const mostConsoles = 100;

/** All consoles that clients have open, of any kind, by an id that only who opened one knows. */
export class Consoles {
  readonly #around: ConsoleSurroundings;
  readonly #open = new Map<string, ConsoleSession>();

  constructor(around: ConsoleSurroundings) {
    this.#around = around;
  }

  get size(): number {
    return this.#open.size;
  }

  /** @throws DroverError `not-found`, `no-room` */
  async *open(
    request: ConsoleRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ConsoleMessage, void, void> {
    if (this.#open.size >= mostConsoles) {
      throw new DroverError({
        code: 'no-room',
        tried: 'Open a console',
        cause: `${mostConsoles} are open already`,
        next: 'Close some of them',
      });
    }
    const session = new ConsoleSession(randomBytes(16).toString('hex'), this.#around, request);
    this.#open.set(session.id, session);
    try {
      yield* session.messages(signal);
    } finally {
      this.#open.delete(session.id);
    }
  }

  async send(consoleId: string, connection: number, bytes: Buffer): Promise<void> {
    await this.#required(consoleId).send(connection, bytes);
  }

  acknowledge(consoleId: string, bytes: number): void {
    this.#required(consoleId).acknowledge(bytes);
  }

  close(): void {
    for (const session of this.#open.values()) session.end();
  }

  #required(id: string): ConsoleSession {
    const session = this.#open.get(id);
    if (session !== undefined) return session;
    throw new DroverError({
      code: 'not-found',
      tried: 'Use an open console',
      cause: 'it was closed',
      next: 'Open it again',
    });
  }
}
