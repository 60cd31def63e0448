import { XdrError } from './reader.ts';

const initialBytes = 512;

/** Writes XDR into one growing buffer, refusing to grow past `maxBytes`. */
export class XdrWriter {
  readonly #maxBytes: number;
  #bytes: Buffer;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.allocUnsafe(Math.min(initialBytes, maxBytes));
  }

  int(value: number): void {
    if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff) {
      throw new XdrError(`${value} is not a signed 32-bit number`);
    }
    const start = this.#reserve(4);
    this.#bytes.writeInt32BE(value, start);
  }

  uint(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      throw new XdrError(`${value} is not an unsigned 32-bit number`);
    }
    const start = this.#reserve(4);
    this.#bytes.writeUInt32BE(value, start);
  }

  hyper(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw new XdrError(`${value} is not a signed 64-bit number`);
    const start = this.#reserve(8);
    this.#bytes.writeBigInt64BE(value, start);
  }

  uhyper(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw new XdrError(`${value} is not an unsigned 64-bit number`);
    const start = this.#reserve(8);
    this.#bytes.writeBigUInt64BE(value, start);
  }

  double(value: number): void {
    const start = this.#reserve(8);
    this.#bytes.writeDoubleBE(value, start);
  }

  /** libvirt reads C strings: a NUL inside would silently cut the rest off there, so it is refused here. */
  string(value: string, maxBytes: number): void {
    if (value.includes('\0')) throw new XdrError('text with a NUL character in it');
    const length = Buffer.byteLength(value);
    this.#length32(length, maxBytes, 'string');
    const start = this.#reservePadded(length);
    this.#bytes.write(value, start, length, 'utf8');
  }

  opaque(value: Uint8Array, maxBytes: number): void {
    this.#length32(value.length, maxBytes, 'opaque data');
    this.fixed(value);
  }

  fixed(value: Uint8Array): void {
    const start = this.#reservePadded(value.length);
    this.#bytes.set(value, start);
  }

  /** The count in front of an array. */
  arrayLength(length: number, max: number): void {
    this.#length32(length, max, 'array');
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #length32(length: number, max: number, what: string): void {
    if (length > max) throw new XdrError(`${what} of length ${length} where at most ${max} is allowed`);
    this.uint(length);
  }

  #reservePadded(length: number): number {
    const padding = -length & 3;
    const start = this.#reserve(length + padding);
    this.#bytes.fill(0, start + length, start + length + padding);
    return start;
  }

  #reserve(bytes: number): number {
    const start = this.#length;
    const end = start + bytes;
    if (end > this.#bytes.length) {
      if (end > this.#maxBytes) throw new XdrError(`more than ${this.#maxBytes} bytes in one message`);
      const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(end, this.#bytes.length * 4)));
      this.#bytes.copy(grown, 0, 0, start);
      this.#bytes = grown;
    }
    this.#length = end;
    return start;
  }
}
