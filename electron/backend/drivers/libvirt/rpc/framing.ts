import { headerBytes, lengthWordBytes, maximumMessageBytes } from './messages.ts';
import { XdrError } from './xdr/reader.ts';

const smallestFrame = lengthWordBytes + headerBytes;
const largestFrame = lengthWordBytes + maximumMessageBytes;

/**
 * Cuts a byte stream into libvirt's frames (u32 length that counts itself, then the rest). Frames whole within a
 * chunk are handed on without a copy; a frame in pieces is gathered in one buffer that doubles up to the frame's
 * length, so its cost stays linear however small the pieces are, and a claimed length alone allocates nothing.
 */
export class FrameAssembler {
  #gathered: Buffer = Buffer.alloc(0);
  #gatheredBytes = 0;

  /** True while part of a message has arrived. */
  get midMessage(): boolean {
    return this.#gatheredBytes > 0;
  }

  /**
   * @param onFrame Called with each whole frame, length word included, in order; the frame may share the chunk's memory.
   * @throws XdrError on a length that no message can have; nothing after it can be trusted.
   */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#gatheredBytes === 0 && rest.length >= lengthWordBytes) {
        const length = frameLength(rest);
        if (rest.length >= length) {
          onFrame(rest.subarray(0, length));
          rest = rest.subarray(length);
          continue;
        }
      }
      rest = this.#gather(rest, onFrame);
    }
  }

  #gather(bytes: Buffer, onFrame: (frame: Buffer) => void): Buffer {
    const wanted = this.#gatheredBytes >= lengthWordBytes ? frameLength(this.#gathered) : lengthWordBytes;
    const taken = Math.min(bytes.length, wanted - this.#gatheredBytes);
    this.#append(bytes.subarray(0, taken), wanted);
    const rest = bytes.subarray(taken);
    if (this.#gatheredBytes === lengthWordBytes) {
      frameLength(this.#gathered);
    } else if (this.#gatheredBytes === wanted && wanted > lengthWordBytes) {
      const frame = this.#gathered.subarray(0, wanted);
      this.#gathered = Buffer.alloc(0);
      this.#gatheredBytes = 0;
      onFrame(frame);
    }
    return rest;
  }

  #append(bytes: Buffer, wanted: number): void {
    const end = this.#gatheredBytes + bytes.length;
    if (end > this.#gathered.length) {
      const capacity = Math.max(end, Math.min(wanted, Math.max(1024, this.#gathered.length * 2)));
      const grown = Buffer.allocUnsafe(capacity);
      this.#gathered.copy(grown, 0, 0, this.#gatheredBytes);
      this.#gathered = grown;
    }
    bytes.copy(this.#gathered, this.#gatheredBytes);
    this.#gatheredBytes = end;
  }
}

function frameLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  if (length < smallestFrame || length > largestFrame) {
    throw new XdrError(`a message length of ${length} where ${smallestFrame} to ${largestFrame} is allowed`);
  }
  return length;
}
