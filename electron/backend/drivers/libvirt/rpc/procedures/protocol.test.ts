import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { remoteError } from '../libvirtError.ts';
import { streamHole } from '../messages.ts';
import { libvirtSourceFolder, readProtocolDefinition } from '../testing/protocolDefinition.ts';
import { type Layout, layoutText } from '../xdr/layout.ts';
import * as registration from './eventRegistration.ts';
import { domainEvents, networkEvents, storagePoolEvents } from './events.ts';
import * as procedures from './procedures.ts';

/** Each line: number, name, digest of the layouts both ways. Written from libvirt 9.0.0's definition. */
const tableFile = new URL('./protocolTable.txt', import.meta.url);

interface Entry {
  readonly name: string;
  readonly number: number;
  readonly layouts: readonly Layout[];
  /** Names of the structs that libvirt's definition has for them. */
  readonly structs: readonly string[];
}

const calls: readonly Entry[] = [...Object.values(procedures), ...Object.values(registration)].flatMap(
  (one) =>
    'reply' in one
      ? [
          {
            name: one.name,
            number: one.number,
            layouts: [one.args.layout, one.reply.layout],
            structs: [`remote_${one.name}_args`, `remote_${one.name}_ret`],
          },
        ]
      : [],
);

const events: readonly Entry[] = [domainEvents, networkEvents, storagePoolEvents]
  .flatMap((family) => Object.values(family))
  .map((one) => ({
    name: one.name,
    number: one.number,
    layouts: [one.body.layout],
    structs: [`remote_${one.name}_msg`],
  }));

const entries = [...calls, ...events].toSorted((a, b) => a.number - b.number);

/** Names of fields are ours to write: `need_results` is `needResults`. Order, type and limits are not. */
function comparable(layout: Layout): string {
  return layoutText(layout).replace(
    /(\w+):/g,
    (_, name: string) => `${name.replaceAll('_', '').toLowerCase()}:`,
  );
}

function line(number: number, name: string, layouts: readonly Layout[]): string {
  const digest = createHash('sha256').update(layouts.map(comparable).join(' -> ')).digest('hex');
  return `${number} ${name} ${digest.slice(0, 12)}`;
}

const source = libvirtSourceFolder();

describe('the procedures', () => {
  it('have the numbers and layouts that were once held against libvirt', () => {
    const lines = entries.map(({ number, name, layouts }) => line(number, name, layouts));
    expect(lines).toEqual(readFileSync(tableFile, 'utf8').trimEnd().split('\n'));
  });

  it('have numbers and names of their own', () => {
    expect(entries.length).toBeGreaterThan(150);
    expect(new Set(entries.map(({ number }) => number)).size).toBe(entries.length);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  });

  // Only where its unpacked source is given (LIBVIRT_SOURCE); the digests above hold the same facts everywhere.
  describe.each(source === undefined ? [] : [source])("against libvirt's own definition in %s", (source) => {
    const definition = readProtocolDefinition(source);

    it.each(entries)('$name is number $number and laid out alike', ({ name, number, layouts, structs }) => {
      expect(definition.numbers.get(name)).toBe(number);
      expect(layouts.map(comparable)).toEqual(
        structs.map((struct) => comparable(definition.layoutOf(struct))),
      );
    });

    it('so are errors and stream holes', () => {
      expect(comparable(remoteError.layout)).toBe(comparable(definition.layoutOf('virNetMessageError')));
      expect(comparable(streamHole.layout)).toBe(comparable(definition.layoutOf('virNetStreamHole')));
    });

    it('gives the table beside this file', () => {
      const table = entries.map(({ name, structs }) =>
        line(
          definition.numbers.get(name) ?? 0,
          name,
          structs.map((struct) => definition.layoutOf(struct)),
        ),
      );
      const text = `${table.join('\n')}\n`;
      if (process.env['WRITE_PROTOCOL_TABLE'] === '1') writeFileSync(tableFile, text);
      expect(readFileSync(tableFile, 'utf8')).toBe(text);
    });
  });
});
