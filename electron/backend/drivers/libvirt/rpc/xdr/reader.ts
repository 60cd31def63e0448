/** What was received or is to be sent breaks XDR or a limit of the protocol. The client names the procedure around it. */
export class XdrError extends Error {
  override readonly name = 'XdrError';
}

/**
 * Reads XDR (RFC 4506, big-endian, units of four bytes) straight from a received frame. Every read is checked
 * against the frame's end before anything is allocated, so a hostile length costs nothing.
 */
export class XdrReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
  }

  get remainingBytes(): number {
    return this.#bytes.length - this.#offset;
  }

  int(): number {
    return this.#view.getInt32(this.#take(4));
  }

  uint(): number {
    return this.#view.getUint32(this.#take(4));
  }

  hyper(): bigint {
    return this.#view.getBigInt64(this.#take(8));
  }

  uhyper(): bigint {
    return this.#view.getBigUint64(this.#take(8));
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** A string of at most `maxBytes`; bytes that are not UTF-8 become U+FFFD, as libvirt itself checks nothing. */
  string(maxBytes: number): string {
    const length = this.length(maxBytes, 1, 'string');
    const start = this.#take(padded(length));
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** A copy, so that a small cookie never keeps a large frame in memory. */
  opaque(maxBytes: number): Buffer {
    const length = this.length(maxBytes, 1, 'opaque data');
    const start = this.#take(padded(length));
    return Buffer.from(this.#bytes.subarray(start, start + length));
  }

  /** Bytes of a fixed-size field, valid only until the frame is let go: decode at once. */
  fixed(length: number): Buffer {
    const start = this.#take(padded(length));
    return this.#bytes.subarray(start, start + length);
  }

  /** The count in front of a variable-length item: within `max`, and with room for that many in the frame. */
  length(max: number, minimumBytesEach: number, what: string): number {
    const length = this.uint();
    if (length > max) throw new XdrError(`${what} of length ${length} where at most ${max} is allowed`);
    if (length * minimumBytesEach > this.remainingBytes) {
      throw new XdrError(
        `${what} of length ${length} with only ${this.remainingBytes} bytes left in the message`,
      );
    }
    return length;
  }

  /** Bytes left over mean that the two sides disagree about the layout. */
  expectEnd(): void {
    if (this.remainingBytes !== 0) throw new XdrError(`${this.remainingBytes} bytes left over at the end`);
  }

  #take(bytes: number): number {
    const start = this.#offset;
    if (bytes > this.#bytes.length - start) {
      throw new XdrError(`the message ends ${bytes - (this.#bytes.length - start)} bytes too early`);
    }
    this.#offset = start + bytes;
    return start;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
