import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameter, readParameters, type TypedParameter, typedParameter } from './typedParameters.ts';
import { XdrReader } from './xdr/reader.ts';
import { XdrWriter } from './xdr/writer.ts';

function throughTheWire(value: TypedParameter): TypedParameter {
  const writer = new XdrWriter(1 << 16);
  typedParameter.write(writer, value);
  const reader = new XdrReader(writer.finish());
  const read = typedParameter.read(reader);
  reader.expectEnd();
  return read;
}

const field = fc.stringMatching(/^[a-z0-9_.]{1,40}$/);
const any = fc.oneof(
  fc.tuple(field, fc.integer()).map(([name, value]) => parameter.int(name, value)),
  fc.tuple(field, fc.nat({ max: 0xffff_ffff })).map(([name, value]) => parameter.uint(name, value)),
  fc
    .tuple(field, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
    .map(([name, value]) => parameter.llong(name, value)),
  fc
    .tuple(field, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    .map(([name, value]) => parameter.ullong(name, value)),
  fc.tuple(field, fc.double()).map(([name, value]) => parameter.double(name, value)),
  fc.tuple(field, fc.boolean()).map(([name, value]) => parameter.boolean(name, value)),
  fc.tuple(field, fc.stringMatching(/^[ -~]*$/)).map(([name, value]) => parameter.string(name, value)),
);

describe('typed parameters', () => {
  it('of every type go through the wire unchanged', () => {
    fc.assert(
      fc.property(any, (value) => {
        expect(throughTheWire(value)).toEqual(value);
      }),
    );
  });

  it('of a type that the protocol does not have are refused, naming the field', () => {
    const writer = new XdrWriter(64);
    writer.string('disks', 16);
    writer.int(8);
    writer.int(0);
    expect(() => typedParameter.read(new XdrReader(writer.finish()))).toThrow("'disks' of type 8");
  });

  it('are looked up by name and by what the caller needs', () => {
    const read = readParameters([
      parameter.ullong('cpu.time', 12_345_678_901n),
      parameter.int('state.state', 1),
      parameter.double('load', 0.5),
      parameter.boolean('busy', true),
      parameter.string('block.0.name', 'vda'),
    ]);
    expect(read.number('cpu.time')).toBe(12_345_678_901);
    expect(read.bigint('cpu.time')).toBe(12_345_678_901n);
    expect(read.bigint('state.state')).toBe(1n);
    expect(read.bigint('load')).toBeUndefined();
    expect(read.number('load')).toBe(0.5);
    expect(read.boolean('busy')).toBe(true);
    expect(read.boolean('state.state')).toBe(true);
    expect(read.string('block.0.name')).toBe('vda');
    expect(read.number('block.0.name')).toBeUndefined();
    expect(read.has('balloon.current')).toBe(false);
    expect(read.number('balloon.current')).toBeUndefined();
    expect(read.record()).toMatchObject({ load: 0.5, 'block.0.name': 'vda' });
  });
});
