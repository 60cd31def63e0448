import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import { type ConsoleKind, type ConsoleStanding, consolePieceBytes } from '#shared/model/console.ts';
import type { VmId } from '#shared/model/ids.ts';
import type { Timers } from '../../transport/timers.ts';
import { backOffMs } from '../../transport/wire.ts';
import { fromBase64, toBase64 } from './base64.ts';

export interface LineRequest {
  readonly vmId: VmId;
  readonly kind: ConsoleKind;
  readonly takeOver: boolean;
}

export interface LineListener {
  /** `connection` counts up with each new connection to the VM. */
  standing(standing: ConsoleStanding, connection: number): void;
  /** Resolves when it has been taken in; until then only so much more is sent. */
  bytes(bytes: Uint8Array, connection: number): Promise<void> | void;
  /** There is no such VM any more. */
  ended(error: ErrorData): void;
}

/** What has been taken is told after so many bytes, and not each time. */
const acknowledgeEvery = 32 * 1024;
/** More is not kept of what somebody types or pastes while nobody takes it. */
const mostWaiting = 256 * 1024;

/** The page's end of one console, through whatever becomes of the backend meanwhile. */
export class ConsoleLine {
  readonly #client: DroverClient;
  readonly #timers: Timers;
  readonly #request: LineRequest;
  readonly #listener: LineListener;
  readonly #over = new AbortController();
  #consoleId: string | undefined;
  #connection = 0;
  /** Connections are counted on from those of an earlier stream. */
  #offset = 0;
  #waiting: { readonly connection: number; readonly bytes: Uint8Array }[] = [];
  #waitingBytes = 0;
  #isSending = false;

  constructor(client: DroverClient, timers: Timers, request: LineRequest, listener: LineListener) {
    this.#client = client;
    this.#timers = timers;
    this.#request = request;
    this.#listener = listener;
    void this.#follow();
  }

  /** In order; @returns false where so much waits already that this was dropped. */
  send(bytes: Uint8Array, connection = this.#connection): boolean {
    if (this.#waitingBytes + bytes.length > mostWaiting) return false;
    for (let at = 0; at < bytes.length; at += consolePieceBytes) {
      this.#waiting.push({ connection, bytes: bytes.slice(at, at + consolePieceBytes) });
    }
    this.#waitingBytes += bytes.length;
    if (!this.#isSending) void this.#sendWaiting();
    return true;
  }

  close(): void {
    this.#over.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#over;
    let takeOver = this.#request.takeOver;
    for (let failures = 0; !signal.aborted; failures += 1) {
      let error: ErrorData | undefined;
      try {
        await this.#read({ ...this.#request, takeOver }, () => {
          failures = 0;
          takeOver = false;
        });
      } catch (thrown) {
        error = toDroverError(thrown).toData();
      }
      this.#consoleId = undefined;
      if (signal.aborted) return;
      if (error?.code === 'not-found') return this.#listener.ended(error);
      if (error !== undefined) this.#listener.standing({ state: 'lost', error }, this.#connection);
      await new Promise<void>((resolve) => {
        const cancel = this.#timers.after(backOffMs(failures), resolve);
        signal.addEventListener('abort', () => {
          cancel();
          resolve();
        });
      });
    }
  }

  async #read(request: LineRequest, opened: () => void): Promise<void> {
    const { signal } = this.#over;
    this.#offset = this.#connection;
    let taken = 0;
    let told = 0;
    for await (const message of await this.#client.consoles.open(request, { signal })) {
      if (signal.aborted) return;
      switch (message.kind) {
        case 'opened':
          this.#consoleId = message.consoleId;
          opened();
          break;
        case 'standing':
          this.#connection = this.#offset + message.connection;
          this.#listener.standing(message.standing, this.#connection);
          break;
        case 'bytes': {
          const bytes = fromBase64(message.bytes);
          await this.#listener.bytes(bytes, this.#offset + message.connection);
          taken += bytes.length;
          const consoleId = this.#consoleId;
          if (taken - told >= acknowledgeEvery && consoleId !== undefined) {
            told = taken;
            // One that was closed meanwhile wants no answer.
            void this.#client.consoles.acknowledge({ consoleId, bytes: taken }).catch(() => undefined);
          }
          break;
        }
        default:
          message satisfies never;
      }
    }
  }

  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const consoleId = this.#consoleId;
      if (consoleId === undefined || this.#over.signal.aborted) continue;
      const { connection, bytes } = next;
      try {
        await this.#client.consoles.send({
          consoleId,
          connection: Math.max(0, connection - this.#offset),
          bytes: toBase64(bytes),
        });
      } catch {
        // The stream says what became of it.
      }
    }
    this.#isSending = false;
  }

  /** Keys that were pressed while one was on its way go together. */
  #take(): { readonly connection: number; readonly bytes: Uint8Array } | undefined {
    const first = this.#waiting.shift();
    if (first === undefined) return undefined;
    let { bytes } = first;
    for (;;) {
      const next = this.#waiting[0];
      if (next?.connection !== first.connection || bytes.length + next.bytes.length > consolePieceBytes)
        break;
      const joined = new Uint8Array(bytes.length + next.bytes.length);
      joined.set(bytes);
      joined.set(next.bytes, bytes.length);
      bytes = joined;
      this.#waiting.shift();
    }
    this.#waitingBytes -= bytes.length;
    return { connection: first.connection, bytes };
  }
}
