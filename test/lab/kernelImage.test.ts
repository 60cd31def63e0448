import { describe, expect, it } from 'vitest';
import { unpackedKernel } from './kernelImage.ts';
import { LabError } from './labError.ts';

const note = Buffer.from([4, 0, 0, 0, 4, 0, 0, 0, 18, 0, 0, 0, 88, 101, 110, 0]);

const lengths = (rest: number): readonly number[] => (rest < 255 ? [rest] : [255, ...lengths(rest - 255)]);

/** A block of literals (15 or more), then `length` bytes repeated from `distance` before, then five last literals. */
const blockOf = (literals: Buffer, distance: number, length: number): Buffer =>
  Buffer.from([
    0xff,
    ...lengths(literals.length - 15),
    ...literals,
    distance,
    0,
    ...lengths(length - 4 - 15),
    0x50,
    ...Buffer.from('ended'),
  ]);

/** One sector of boot code, one of setup, and the payload as the kernel's Makefile appends it. */
function bzImageOf(block: Buffer, size: number): Buffer {
  const word = (value: number): Buffer => {
    const four = Buffer.alloc(4);
    four.writeUInt32LE(value);
    return four;
  };
  const payload = Buffer.concat([word(0x184c2102), word(block.length), block, word(size)]);
  const head = Buffer.alloc(1024 + 64);
  head.writeUInt8(1, 0x1f1);
  head.writeUInt32LE(64, 0x248);
  head.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([head, payload, Buffer.from('behind it')]);
}

describe('unpackedKernel', () => {
  it('unpacks what QEMU can start, matches that overlap themselves and long ones too', () => {
    for (const [distance, length] of [
      [1, 19],
      [3, 700],
      [16, 300],
    ] as const) {
      const repeated = Array.from({ length }, (_, at) => note[note.length - distance + (at % distance)] ?? 0);
      const kernel = Buffer.concat([note, Buffer.from(repeated), Buffer.from('ended')]);
      expect(unpackedKernel(bzImageOf(blockOf(note, distance, length), kernel.length))).toEqual(kernel);
    }
  });

  it('leaves a kernel packed otherwise, or without an entry for QEMU, as it is', () => {
    const gzipped = bzImageOf(blockOf(note, 1, 19), 40);
    gzipped.writeUInt32LE(0x00088b1f, 1024 + 64);
    expect(unpackedKernel(gzipped)).toBe(gzipped);
    const unknown = bzImageOf(blockOf(Buffer.alloc(16, 7), 1, 19), 40);
    expect(unpackedKernel(unknown)).toBe(unknown);
  });

  it('says so when it is damaged', () => {
    expect(() => unpackedKernel(bzImageOf(blockOf(note, 17, 19), 40))).toThrow(LabError);
    expect(() => unpackedKernel(bzImageOf(blockOf(note, 1, 19), 41))).toThrow(/40 bytes.*41/);
  });
});
