import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameAssembler } from './framing.ts';
import { encodeRawMessage, lengthWordBytes, maximumMessageBytes, payloadBytes } from './messages.ts';
import { messageHeader } from './testing/fakeLibvirtd.ts';
import { XdrError } from './xdr/reader.ts';

function frameOf(payload: Uint8Array): Buffer {
  return encodeRawMessage(messageHeader({}), payload);
}

function cutInto(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (let index = 0; offset < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return chunks;
}

describe('frames', () => {
  it('come out whole and in order however the bytes are cut', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 8 });
    const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(payloads, sizes, (wanted, cuts) => {
        const assembler = new FrameAssembler();
        const got: Buffer[] = [];
        for (const chunk of cutInto(Buffer.concat(wanted.map(frameOf)), cuts)) {
          assembler.push(chunk, (frame) => got.push(Buffer.from(payloadBytes(frame))));
        }
        expect(got.map((one) => one.toString('hex'))).toEqual(
          wanted.map((one) => Buffer.from(one).toString('hex')),
        );
        expect(assembler.midMessage).toBe(false);
      }),
    );
  });

  it('whole within a chunk are not copied', () => {
    const chunk = Buffer.concat([frameOf(Buffer.from('one')), frameOf(Buffer.from('two'))]);
    const frames: Buffer[] = [];
    new FrameAssembler().push(chunk, (frame) => frames.push(frame));
    expect(frames.map((frame) => frame.buffer === chunk.buffer)).toEqual([true, true]);
  });

  it('of many pieces are gathered at linear cost', () => {
    // Each byte is copied about twice at most: a copy of all that came so far per piece would be 10^11 bytes.
    const frame = frameOf(Buffer.alloc(4_000_000, 7));
    const assembler = new FrameAssembler();
    let whole = 0;
    for (const chunk of cutInto(frame, [64])) assembler.push(chunk, (one) => (whole += one.length));
    expect(whole).toBe(frame.length);
  });

  it('whose length is claimed and not sent allocate next to nothing', () => {
    const claim = Buffer.alloc(lengthWordBytes);
    claim.writeUInt32BE(lengthWordBytes + maximumMessageBytes);
    const before = process.memoryUsage().arrayBuffers;
    const assemblers = Array.from({ length: 100 }, () => new FrameAssembler());
    for (const assembler of assemblers) assembler.push(Buffer.concat([claim, claim]), () => undefined);
    expect(assemblers.every((one) => one.midMessage)).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
  });

  it.each([
    ['nothing', 0],
    ['less than a header', 27],
    ['one more than the protocol allows', lengthWordBytes + maximumMessageBytes + 1],
    ['text', Buffer.from('HTTP').readUInt32BE()],
  ])('that claim a length of %s are refused, whole or in pieces', (_, length) => {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32BE(length);
    const push = (size: number) => () => {
      const assembler = new FrameAssembler();
      for (const chunk of cutInto(bytes, [size])) assembler.push(chunk, () => undefined);
    };
    expect(push(64)).toThrow(XdrError);
    expect(push(1)).toThrow(XdrError);
  });
});
