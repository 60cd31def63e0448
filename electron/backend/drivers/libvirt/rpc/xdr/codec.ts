import type { Layout } from './layout.ts';
import { XdrError, type XdrReader } from './reader.ts';
import type { XdrWriter } from './writer.ts';

/** Both ways over the wire for one type. `In` may be looser than `Out`: flags may be left out, for example. */
export interface Codec<Out, In = Out> {
  readonly layout: Layout;
  /** The least it takes on the wire; lets an array refuse a count that its message cannot hold. */
  readonly minimumBytes: number;
  readonly read: (reader: XdrReader) => Out;
  readonly write: (writer: XdrWriter, value: In) => void;
}

// `never` as input type: any codec may be put here, and none can be written through it.
type AnyCodec = Codec<unknown, never>;
export type Decoded<C> = C extends Codec<infer Out, never> ? Out : never;
export type Encodable<C> = C extends { readonly write: (writer: XdrWriter, value: infer In) => void }
  ? In
  : never;

type Fields = Readonly<Record<string, AnyCodec>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: undefined extends Encodable<F[K]> ? K : never;
}[keyof F];
type Flat<T> = { [K in keyof T]: T[K] };
export type StructOut<F extends Fields> = { readonly [K in keyof F]: Decoded<F[K]> };
export type StructIn<F extends Fields> = Flat<
  { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Encodable<F[K]> } & {
    readonly [K in OptionalKeys<F>]?: Encodable<F[K]>;
  }
>;

export const int: Codec<number> = {
  layout: { kind: 'int' },
  minimumBytes: 4,
  read: (reader) => reader.int(),
  write: (writer, value) => writer.int(value),
};

export const uint: Codec<number> = {
  layout: { kind: 'uint' },
  minimumBytes: 4,
  read: (reader) => reader.uint(),
  write: (writer, value) => writer.uint(value),
};

/** An unsigned bit set that may be left out: 0. */
export const flags: Codec<number, number | undefined> = {
  layout: { kind: 'uint' },
  minimumBytes: 4,
  read: (reader) => reader.uint(),
  write: (writer, value) => writer.uint(value ?? 0),
};

export const hyper: Codec<bigint> = {
  layout: { kind: 'hyper' },
  minimumBytes: 8,
  read: (reader) => reader.hyper(),
  write: (writer, value) => writer.hyper(value),
};

export const uhyper: Codec<bigint> = {
  layout: { kind: 'uhyper' },
  minimumBytes: 8,
  read: (reader) => reader.uhyper(),
  write: (writer, value) => writer.uhyper(value),
};

export const nothing: Codec<undefined> = {
  layout: { kind: 'nothing' },
  minimumBytes: 0,
  read: () => undefined,
  write: () => undefined,
};

export function string(maxBytes: number): Codec<string> {
  return {
    layout: { kind: 'string', max: maxBytes },
    minimumBytes: 4,
    read: (reader) => reader.string(maxBytes),
    write: (writer, value) => writer.string(value, maxBytes),
  };
}

export function opaque(maxBytes: number): Codec<Buffer, Uint8Array> {
  return {
    layout: { kind: 'opaque', max: maxBytes },
    minimumBytes: 4,
    read: (reader) => reader.opaque(maxBytes),
    write: (writer, value) => writer.opaque(value, maxBytes),
  };
}

/** XDR's pointer: nothing, or one. Nothing reads as null and may be written by leaving it out. */
export function optional<Out, In>(of: Codec<Out, In>): Codec<Out | null, In | null | undefined> {
  return {
    layout: { kind: 'optional', of: of.layout },
    minimumBytes: 4,
    read: (reader) => {
      const present = reader.uint();
      if (present > 1) throw new XdrError(`${present} where only 0 (absent) or 1 (present) may stand`);
      return present === 1 ? of.read(reader) : null;
    },
    write: (writer, value) => {
      if (value === null || value === undefined) return writer.uint(0);
      writer.uint(1);
      of.write(writer, value);
    },
  };
}

export function array<Out, In>(of: Codec<Out, In>, max: number): Codec<readonly Out[], readonly In[]> {
  if (of.minimumBytes === 0) throw new Error('An array of things without size has no bound.');
  return {
    layout: { kind: 'array', of: of.layout, max },
    minimumBytes: 4,
    read: (reader) => {
      const length = reader.length(max, of.minimumBytes, 'array');
      const items: Out[] = [];
      for (let index = 0; index < length; index++) items.push(of.read(reader));
      return items;
    },
    write: (writer, value) => {
      writer.arrayLength(value.length, max);
      for (const item of value) of.write(writer, item);
    },
  };
}

/** Fields in the order written here, which is their order on the wire. */
export function struct<const F extends Fields>(fields: F): Codec<StructOut<F>, StructIn<F>> {
  const entries = Object.entries<AnyCodec>(fields);
  return {
    layout: { kind: 'struct', fields: entries.map(([name, of]) => [name, of.layout]) },
    minimumBytes: entries.reduce((sum, [, of]) => sum + of.minimumBytes, 0),
    read: (reader) => {
      const value: Record<string, unknown> = {};
      for (const [name, of] of entries) value[name] = of.read(reader);
      // The edge: bytes become the type that the same fields spell out.
      return value as StructOut<F>;
    },
    write: (writer, value) => {
      const loose: Readonly<Record<string, unknown>> = value;
      // The edge, other way round: each codec meets the value that `StructIn` paired with it.
      for (const [name, of] of entries) of.write(writer, loose[name] as never);
    },
  };
}
