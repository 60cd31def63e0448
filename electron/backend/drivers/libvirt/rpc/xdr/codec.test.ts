import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainRef, text, uuid } from '../references.ts';
import * as codec from './codec.ts';
import { XdrError, XdrReader } from './reader.ts';
import { XdrWriter } from './writer.ts';

const limit = 1 << 20;

function encode<In>(of: codec.Codec<unknown, In>, value: In, maxBytes = limit): Buffer {
  const writer = new XdrWriter(maxBytes);
  of.write(writer, value);
  return writer.finish();
}

function decode<Out>(of: codec.Codec<Out, never>, bytes: Buffer): Out {
  const reader = new XdrReader(bytes);
  const value = of.read(reader);
  reader.expectEnd();
  return value;
}

const hyperRange = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const withoutNul = (of: fc.Arbitrary<string>) => of.map((value) => value.replaceAll('\0', ''));
const wellFormed = withoutNul(fc.string({ unit: 'grapheme' }));

describe('what was written reads back the same', () => {
  const everything = codec.struct({
    int: codec.int,
    uint: codec.uint,
    hyper: codec.hyper,
    uhyper: codec.uhyper,
    text: codec.string(4096),
    opaque: codec.opaque(64),
    maybe: codec.optional(codec.struct({ inner: codec.int })),
    list: codec.array(codec.struct({ name: text, id: uuid }), 8),
  });
  const values = fc.record({
    int: fc.integer(),
    uint: fc.nat({ max: 0xffff_ffff }),
    hyper: fc.bigInt(hyperRange),
    uhyper: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    text: wellFormed,
    opaque: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    maybe: fc.option(fc.record({ inner: fc.integer() })),
    list: fc.array(fc.record({ name: wellFormed, id: fc.uuid() }), { maxLength: 8 }),
  });

  it('for any value', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(everything, value);
        expect(bytes.length % 4).toBe(0);
        expect(decode(everything, bytes)).toEqual(value);
      }),
    );
  });

  it('but cut short or lengthened, or anything else, it is an XdrError and nothing worse', () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, cut) => {
        const bytes = encode(everything, value);
        expect(() => decode(everything, bytes.subarray(0, cut % bytes.length))).toThrow(XdrError);
        expect(() => decode(everything, Buffer.concat([bytes, Buffer.alloc(4)]))).toThrow(XdrError);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 512 }), (garbage) => {
        try {
          decode(everything, Buffer.from(garbage));
        } catch (error) {
          expect(error).toBeInstanceOf(XdrError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the wire format', () => {
  it('is that of RFC 4506', () => {
    const value = { name: 'abcde', uuid: '00112233-4455-6677-8899-aabbccddeeff', id: -1 };
    expect(encode(domainRef, value).toString('hex')).toBe(
      `00000005${'6162636465000000'}${'00112233445566778899aabbccddeeff'}ffffffff`,
    );
    expect(encode(codec.optional(codec.int), 7).toString('hex')).toBe('0000000100000007');
    expect(encode(codec.optional(codec.int), null).toString('hex')).toBe('00000000');
    expect(encode(codec.hyper, -2n).toString('hex')).toBe('fffffffffffffffe');
    expect(encode(codec.nothing, undefined).length).toBe(0);
  });

  it('lets flags and optional fields be left out', () => {
    const of = codec.struct({ name: codec.optional(text), flags: codec.flags });
    expect(encode(of, {}).toString('hex')).toBe('0000000000000000');
    expect(decode(of, encode(of, { flags: 5 }))).toEqual({ name: null, flags: 5 });
  });

  it('copies opaque data out of the frame', () => {
    const bytes = encode(codec.opaque(16), Buffer.from('cookie'));
    const value = decode(codec.opaque(16), bytes);
    bytes.fill(0);
    expect(value.toString()).toBe('cookie');
  });
});

describe('limits', () => {
  const word = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
    return bytes;
  };

  it.each([
    ['a string above its limit', codec.string(4), word(5, 0, 0), /length 5 where at most 4/],
    ['a string beyond the message', codec.string(100), word(9, 0, 0), /length 9 with only 8 bytes left/],
    ['opaque data of four gigabytes', codec.opaque(0xffff_ffff), word(0xffff_ffff, 0), /only 4 bytes left/],
    ['an array above its limit', codec.array(codec.int, 2), word(3, 0, 0, 0), /length 3 where at most 2/],
    [
      'an array that the message cannot hold',
      codec.array(domainRef, 16_384),
      word(16_384, 0),
      /only 4 bytes/,
    ],
    ['a boolean that is neither', codec.optional(codec.int), word(2, 0), /2 where only 0/],
    ['padding that is missing', codec.string(8), Buffer.from('000000016100', 'hex'), /2 bytes too early/],
  ])('refuse to read %s', (_, of, bytes, message) => {
    expect(() => decode<unknown>(of, bytes)).toThrow(message);
    expect(() => decode<unknown>(of, bytes)).toThrow(XdrError);
  });

  it('refuse to write what the other side would refuse or misread', () => {
    expect(() => encode(codec.string(4), 'äöü')).toThrow('length 6 where at most 4');
    expect(() => encode(text, 'web\0root')).toThrow('NUL');
    expect(() => encode(codec.array(codec.int, 1), [1, 2])).toThrow('length 2 where at most 1');
    expect(() => encode(codec.int, 2 ** 31)).toThrow('signed 32-bit');
    expect(() => encode(codec.uint, -1)).toThrow('unsigned 32-bit');
    expect(() => encode(codec.uint, 1.5)).toThrow('unsigned 32-bit');
    expect(() => encode(codec.hyper, 2n ** 63n)).toThrow('signed 64-bit');
    expect(() => encode(codec.uhyper, -1n)).toThrow('unsigned 64-bit');
    expect(() => encode(uuid, 'not-a-uuid')).toThrow('not a UUID');
    expect(() => encode(text, 'x'.repeat(1000), 512)).toThrow('more than 512 bytes');
  });

  it('hold however deep arrays nest', () => {
    const deep = codec.array(codec.array(codec.array(codec.int, 65_536), 65_536), 65_536);
    expect(() => decode(deep, word(65_536, 65_536, 65_536, 0))).toThrow(XdrError);
    expect(() => codec.array(codec.nothing, 10)).toThrow('no bound');
  });
});
