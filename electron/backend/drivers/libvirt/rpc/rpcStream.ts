import { Duplex } from 'node:stream';
import type { DroverError } from '#shared/contract/errors.ts';
import { maximumStreamPayloadBytes } from './messages.ts';
import type { StreamDirection } from './procedure.ts';

/** A run of zeros that a sparse stream carries as its length alone. */
export interface StreamHole {
  readonly holeBytes: bigint;
}

export type StreamChunk = Buffer | StreamHole;

/** What a stream needs of its connection. */
export interface StreamLink {
  sendData(data: Uint8Array, written: (error?: Error | null) => void): void;
  sendHole(hole: StreamHole, written: (error?: Error | null) => void): void;
  /** Ends both directions; the host confirms. */
  sendFinish(): void;
  sendAbort(): void;
  /** Stops and resumes reading of the whole connection: libvirt has no window for a single stream. */
  hold(): void;
  release(): void;
  /** The host will say no more about this stream. */
  forget(): void;
  /** Starts the deadline of the host's confirmation; the function returned takes it back. */
  awaitConfirmation(expired: (error: DroverError) => void): () => void;
}

type Phase = 'open' | 'finishing' | 'aborting' | 'over';

/**
 * libvirt's stream as a node Duplex: `for await`, `pipeline`, `write`, `end`; `destroy` aborts it on the host. 'end'
 * and 'finish' come only after the host has confirmed that all went well. An error that comes before anyone listens
 * does not end the process: it is in `errored`, and `for await` and `pipeline` report it.
 */
export class RpcStream extends Duplex {
  readonly #link: StreamLink;
  readonly #direction: StreamDirection;
  #phase: Phase = 'open';
  #whenConfirmed: () => void = () => undefined;
  #cancelDeadline: () => void = () => undefined;

  constructor(link: StreamLink, direction: StreamDirection, sparse: boolean) {
    super({
      objectMode: sparse,
      // In sparse streams counted in chunks of up to 256 KiB, else in bytes.
      highWaterMark: sparse ? 4 : 1_048_576,
      // A host that ended its half has ended the stream.
      allowHalfOpen: direction === 'write',
    });
    this.#link = link;
    this.#direction = direction;
    this.on('error', () => undefined);
    if (direction === 'write') {
      this.push(null);
      this.resume();
    }
    if (direction === 'read') this.end();
  }

  /** Data from the host. @returns false where this stream carries none. */
  receive(chunk: StreamChunk): boolean {
    if (this.#direction === 'write' && this.#phase !== 'aborting') return false;
    if (this.#phase === 'aborting' || this.#phase === 'over') return true;
    if (!this.push(chunk)) this.#link.hold();
    return true;
  }

  /** The host has no more to read (an empty data message); it waits for our finish. */
  receiveEnd(): void {
    if (this.#phase !== 'open') return;
    this.#finish(() => this.push(null));
  }

  /** The host's word that the stream ended well, or that the abort arrived. @returns false where nobody asked. */
  receiveConfirmation(): boolean {
    if (this.#phase === 'open') return false;
    const aborted = this.#phase === 'aborting';
    this.#settle();
    if (!aborted) this.#whenConfirmed();
    return true;
  }

  /** The host's error, or the loss of the connection. */
  receiveError(error: DroverError): void {
    const aborted = this.#phase === 'aborting';
    this.#settle();
    if (!aborted) this.destroy(error);
  }

  override _read(): void {
    this.#link.release();
  }

  override _write(
    chunk: StreamChunk,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    if (this.#phase !== 'open') return callback();
    if (chunk instanceof Uint8Array) this.#sendPieces(chunk, callback);
    else this.#link.sendHole(chunk, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#phase !== 'open' || this.#direction === 'read') return callback();
    this.#finish(() => {
      if (this.#direction === 'both') this.push(null);
      callback();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#link.release();
    if (this.#phase === 'open') {
      this.#phase = 'aborting';
      this.#link.sendAbort();
    } else if (this.#phase === 'finishing') {
      this.#phase = 'aborting';
    }
    this.#cancelDeadline();
    callback(error);
  }

  #finish(confirmed: () => void): void {
    this.#phase = 'finishing';
    this.#whenConfirmed = confirmed;
    this.#cancelDeadline = this.#link.awaitConfirmation((error) => this.destroy(error));
    this.#link.sendFinish();
  }

  #settle(): void {
    this.#phase = 'over';
    this.#cancelDeadline();
    this.#link.forget();
  }

  #sendPieces(data: Buffer, callback: (error?: Error | null) => void): void {
    const piece = data.subarray(0, maximumStreamPayloadBytes);
    const rest = data.subarray(piece.length);
    // An empty data message means the end, so an empty chunk is not sent.
    if (piece.length === 0) return callback();
    this.#link.sendData(piece, (error) => {
      if (error || rest.length === 0) callback(error);
      else this.#sendPieces(rest, callback);
    });
  }
}
