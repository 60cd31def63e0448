import { text } from './references.ts';
import type { Codec } from './xdr/codec.ts';
import type { Layout } from './xdr/layout.ts';
import { XdrError } from './xdr/reader.ts';

/** virTypedParameter: libvirt's named value. Units are the parameter's own (see libvirt's reference). */
export type TypedParameter =
  | { readonly field: string; readonly type: 'int' | 'uint'; readonly value: number }
  | { readonly field: string; readonly type: 'llong' | 'ullong'; readonly value: bigint }
  | { readonly field: string; readonly type: 'double'; readonly value: number }
  | { readonly field: string; readonly type: 'boolean'; readonly value: boolean }
  | { readonly field: string; readonly type: 'string'; readonly value: string };

export type ParameterValue = TypedParameter['value'];

// virTypedParameterType. 8 (unixfd) never travels inside a message.
const tags = { int: 1, uint: 2, llong: 3, ullong: 4, double: 5, boolean: 6, string: 7 } as const;

const layout: Layout = {
  kind: 'struct',
  fields: [
    ['field', text.layout],
    [
      'value',
      {
        kind: 'union',
        cases: [
          [tags.int, { kind: 'int' }],
          [tags.uint, { kind: 'uint' }],
          [tags.llong, { kind: 'hyper' }],
          [tags.ullong, { kind: 'uhyper' }],
          [tags.double, { kind: 'double' }],
          [tags.boolean, { kind: 'int' }],
          [tags.string, text.layout],
        ],
      },
    ],
  ],
};

/** Written out rather than composed: statistics of all domains are tens of thousands of these. */
export const typedParameter: Codec<TypedParameter> = {
  layout,
  minimumBytes: 12,
  read: (reader) => {
    const field = text.read(reader);
    const tag = reader.int();
    switch (tag) {
      case tags.int:
        return { field, type: 'int', value: reader.int() };
      case tags.uint:
        return { field, type: 'uint', value: reader.uint() };
      case tags.llong:
        return { field, type: 'llong', value: reader.hyper() };
      case tags.ullong:
        return { field, type: 'ullong', value: reader.uhyper() };
      case tags.double:
        return { field, type: 'double', value: reader.double() };
      case tags.boolean:
        return { field, type: 'boolean', value: reader.int() !== 0 };
      case tags.string:
        return { field, type: 'string', value: text.read(reader) };
      default:
        throw new XdrError(`parameter '${field}' of type ${tag}, which the protocol does not have`);
    }
  },
  write: (writer, parameter) => {
    text.write(writer, parameter.field);
    writer.int(tags[parameter.type]);
    switch (parameter.type) {
      case 'int':
        return writer.int(parameter.value);
      case 'uint':
        return writer.uint(parameter.value);
      case 'llong':
        return writer.hyper(parameter.value);
      case 'ullong':
        return writer.uhyper(parameter.value);
      case 'double':
        return writer.double(parameter.value);
      case 'boolean':
        return writer.int(parameter.value ? 1 : 0);
      case 'string':
        return text.write(writer, parameter.value);
    }
  },
};

/** Builds parameters: `parameter.ullong('bandwidth', 50n)`. */
export const parameter = {
  int: (field: string, value: number): TypedParameter => ({ field, type: 'int', value }),
  uint: (field: string, value: number): TypedParameter => ({ field, type: 'uint', value }),
  llong: (field: string, value: bigint): TypedParameter => ({ field, type: 'llong', value }),
  ullong: (field: string, value: bigint): TypedParameter => ({ field, type: 'ullong', value }),
  double: (field: string, value: number): TypedParameter => ({ field, type: 'double', value }),
  boolean: (field: string, value: boolean): TypedParameter => ({ field, type: 'boolean', value }),
  string: (field: string, value: string): TypedParameter => ({ field, type: 'string', value }),
} as const;

/** Looks parameters up by name; each look-up is undefined where the host did not send that field. */
export interface ParameterReader {
  has(field: string): boolean;
  /** Any numeric type; a 64-bit number above 2^53 is rounded to the nearest double. */
  number(field: string): number | undefined;
  bigint(field: string): bigint | undefined;
  string(field: string): string | undefined;
  boolean(field: string): boolean | undefined;
  /** All of them; of a name sent twice the last counts. */
  record(): Readonly<Record<string, ParameterValue>>;
}

export function readParameters(parameters: readonly TypedParameter[]): ParameterReader {
  const values = new Map(parameters.map((one) => [one.field, one.value]));
  return {
    has: (field) => values.has(field),
    number: (field) => {
      const value = values.get(field);
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
    },
    bigint: (field) => {
      const value = values.get(field);
      if (typeof value === 'bigint') return value;
      return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
    },
    string: (field) => {
      const value = values.get(field);
      return typeof value === 'string' ? value : undefined;
    },
    boolean: (field) => {
      const value = values.get(field);
      if (typeof value === 'number') return value !== 0;
      return typeof value === 'boolean' ? value : undefined;
    },
    record: () => Object.fromEntries(values),
  };
}
