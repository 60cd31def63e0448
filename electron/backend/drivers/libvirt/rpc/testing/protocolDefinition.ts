import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from '../xdr/layout.ts';

// Reads libvirt's own definition (the rpcgen language of remote_protocol.x) so that tests can hold ours against it.

/** Where the source was unpacked: $LIBVIRT_SOURCE (`apt-get source libvirt`). */
export function libvirtSourceFolder(): string | undefined {
  const folder = process.env['LIBVIRT_SOURCE'];
  return folder !== undefined && existsSync(join(folder, 'src/remote/remote_protocol.x'))
    ? folder
    : undefined;
}

export interface ProtocolDefinition {
  /** By name without REMOTE_PROC_, lower case. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Layout of a struct, or of nothing where there is none of that name. */
  layoutOf(struct: string): Layout;
}

export function readProtocolDefinition(folder: string): ProtocolDefinition {
  const text = ['src/rpc/virnetprotocol.x', 'src/remote/remote_protocol.x']
    .map((path) => readFileSync(join(folder, path), 'utf8'))
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^%.*$/gm, '');
  return new Definition(text);
}

const primitives: Readonly<Record<string, Layout>> = {
  int: { kind: 'int' },
  char: { kind: 'int' },
  'unsigned int': { kind: 'uint' },
  unsigned: { kind: 'uint' },
  'unsigned char': { kind: 'uint' },
  'unsigned short': { kind: 'uint' },
  hyper: { kind: 'hyper' },
  'unsigned hyper': { kind: 'uhyper' },
  double: { kind: 'double' },
};

class Definition implements ProtocolDefinition {
  readonly numbers: ReadonlyMap<string, number>;
  readonly #constants = new Map([['VIR_UUID_BUFLEN', 16]]);
  readonly #bodies = new Map<string, { readonly kind: string; readonly body: string }>();
  readonly #typedefs = new Map<string, string>();

  constructor(text: string) {
    for (const [, name, value] of text.matchAll(/const (\w+)\s*=\s*(\w+);/g)) {
      if (name && value) this.#constants.set(name, Number(value));
    }
    for (const [, kind, name, body] of text.matchAll(/(struct|union|enum) (\w+)[^{;]*\{([\s\S]*?)\n\};/g)) {
      if (kind && name && body !== undefined) this.#bodies.set(name, { kind, body });
    }
    for (const [, declaration] of text.matchAll(/^typedef ([^;]+);/gm)) {
      const name = declaration?.match(/(\w+)(?:[<[].*)?$/)?.[1];
      if (name && declaration) this.#typedefs.set(name, declaration);
    }
    this.numbers = new Map(
      [...text.matchAll(/REMOTE_PROC_(\w+) = (\d+)/g)].map(([, name = '', number]) => [
        name.toLowerCase(),
        Number(number),
      ]),
    );
  }

  layoutOf(struct: string): Layout {
    return this.#bodies.has(struct) ? this.#named(struct) : { kind: 'nothing' };
  }

  #named(type: string): Layout {
    const primitive = primitives[type];
    if (primitive !== undefined) return primitive;
    const typedef = this.#typedefs.get(type);
    if (typedef !== undefined) return this.#declared(typedef)[1];
    const definition = this.#bodies.get(type);
    if (definition === undefined) throw new Error(`The definition has no type ${type}.`);
    if (definition.kind === 'enum') return { kind: 'int' };
    if (definition.kind === 'union') return this.#union(definition.body);
    const declarations = definition.body.split(';').map((one) => one.trim());
    return {
      kind: 'struct',
      fields: declarations.filter((one) => one !== '').map((one) => this.#declared(one)),
    };
  }

  #union(body: string): Layout {
    const cases = [...body.matchAll(/case (\w+):\s*([^;]+);/g)];
    // VIR_TYPED_PARAM_INT is 1; the cases follow the enumeration in libvirt-common.h.
    return {
      kind: 'union',
      cases: cases.map(([, , declaration = ''], index) => [index + 1, this.#declared(declaration)[1]]),
    };
  }

  /** `type name`, `type *name`, `type name<max>`, `type name[length]`. */
  #declared(declaration: string): readonly [string, Layout] {
    const match = /^([\w ]+?)\s*(\*)?\s*(\w+)\s*(?:([<[])\s*(\w+)\s*[>\]])?$/.exec(declaration.trim());
    if (match === null) throw new Error(`Cannot read the declaration '${declaration}'.`);
    const [, type = '', pointer, name = '', bracket, bound = ''] = match;
    return [name, this.#shaped(type.trim(), pointer !== undefined, bracket, bound)];
  }

  #shaped(type: string, pointer: boolean, bracket: string | undefined, bound: string): Layout {
    const size = this.#constants.get(bound) ?? Number(bound);
    if (type === 'string') return { kind: 'string', max: size };
    if (type === 'opaque') {
      return bracket === '<' ? { kind: 'opaque', max: size } : { kind: 'fixed', length: size };
    }
    const of = this.#named(type);
    if (pointer) return { kind: 'optional', of };
    if (bracket === '<') return { kind: 'array', of, max: size };
    if (bracket === '[') return { kind: 'repeat', of, length: size };
    return of;
  }
}
