import { Duplex } from 'node:stream';

/** Two ends of one line in memory: what is written to one is read from the other, with backpressure. */
export function duplexPair(): readonly [Duplex, Duplex] {
  const a: End = new End(() => b);
  const b: End = new End(() => a);
  return [a, b];
}

class End extends Duplex {
  readonly #other: () => End;
  #resumeOther: (() => void) | undefined;

  constructor(other: () => End) {
    super({ allowHalfOpen: false });
    this.#other = other;
  }

  override _read(): void {
    const resume = this.#resumeOther;
    this.#resumeOther = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    const other = this.#other();
    if (other.destroyed || other.push(chunk)) callback();
    else other.#resumeOther = callback;
  }

  override _final(callback: () => void): void {
    this.#other().push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // Like a socket: the other side reads what is under way, then the end.
    const other = this.#other();
    if (!other.destroyed && !other.readableEnded) other.push(null);
    callback(error);
  }
}
