/**
 * What a codec looks like on the wire, as data: tests hold it against libvirt's own protocol definition, and error
 * texts name it. Two codecs with the same layout are interchangeable to the other side.
 */
export type Layout =
  | { readonly kind: 'nothing' | 'int' | 'uint' | 'hyper' | 'uhyper' | 'double' }
  | { readonly kind: 'string' | 'opaque'; readonly max: number }
  | { readonly kind: 'fixed'; readonly length: number }
  | { readonly kind: 'optional'; readonly of: Layout }
  | { readonly kind: 'array'; readonly of: Layout; readonly max: number }
  | { readonly kind: 'repeat'; readonly of: Layout; readonly length: number }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [name: string, layout: Layout])[] }
  | { readonly kind: 'union'; readonly cases: readonly (readonly [tag: number, layout: Layout])[] };

/** One line, unambiguous: `{name:string<4194304>,uuid:opaque[16],id:int}`. */
export function layoutText(layout: Layout): string {
  switch (layout.kind) {
    case 'string':
    case 'opaque':
      return `${layout.kind}<${layout.max}>`;
    case 'fixed':
      return `opaque[${layout.length}]`;
    case 'optional':
      return `${layoutText(layout.of)}?`;
    case 'array':
      return `${layoutText(layout.of)}<${layout.max}>`;
    case 'repeat':
      return `${layoutText(layout.of)}[${layout.length}]`;
    case 'struct':
      return `{${layout.fields.map(([name, field]) => `${name}:${layoutText(field)}`).join(',')}}`;
    case 'union':
      return `(${layout.cases.map(([tag, body]) => `${tag}=${layoutText(body)}`).join('|')})`;
    default:
      return layout.kind;
  }
}
