import { describe, expect, it } from 'vitest';
import { type FilterLanguage, passing, quoted, readFilter, toggledValue } from './filterLanguage.ts';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly host: string;
  readonly cpu?: number;
  readonly memoryMiB: number;
  readonly mac?: string;
}

const rows: readonly Row[] = [
  { name: 'web-01', state: 'active', host: 'alpha', cpu: 91, memoryMiB: 2048, mac: 'ab:54:00:01:02:03' },
  { name: 'web-02', state: 'paused', host: 'beta', memoryMiB: 2048 },
  { name: 'database 1', state: 'active', host: 'alpha', cpu: 12.4, memoryMiB: 8192 },
  { name: 'batch', state: 'inactive', host: 'rack two', memoryMiB: 512 },
];

const language: FilterLanguage<Row> = {
  noun: 'VM',
  words: (row) => `${row.name}\n${row.state}\n${row.host}\n${row.mac ?? ''}`.toLowerCase(),
  fields: [
    { kind: 'text', key: 'name', title: 'name', within: true, values: (row) => [row.name] },
    {
      kind: 'text',
      key: 'state',
      title: 'state',
      values: (row) => [row.state],
      choices: ['active', 'paused', 'suspended', 'inactive'],
    },
    {
      kind: 'text',
      key: 'host',
      title: 'host',
      values: (row) => [row.host],
      choices: ['alpha', 'beta', 'rack two'],
    },
    { kind: 'figure', key: 'cpu', title: 'CPU', unit: 'percent', value: (row) => row.cpu, examples: ['>80'] },
    {
      kind: 'figure',
      key: 'memory',
      title: 'memory',
      unit: 'memory',
      value: (row) => row.memoryMiB,
      examples: ['>=4GiB'],
    },
  ],
};

function found(text: string): readonly string[] {
  return rows.filter(passing(readFilter(text, language)) ?? (() => true)).map((row) => row.name);
}

const all = rows.map((row) => row.name);
const problems = (text: string) => readFilter(text, language).map((term) => term.problem);

describe('a filter', () => {
  it.each([
    ['', all],
    ['web', ['web-01', 'web-02']],
    ['WEB alpha', ['web-01']],
    ['web*1', ['web-01']],
    ['-web', ['database 1', 'batch']],
    ['"database 1"', ['database 1']],
    ['ab:54:00', ['web-01']],
    ['state:paused', ['web-02']],
    ['state:paused,active', ['web-01', 'web-02', 'database 1']],
    ['-state:active', ['web-02', 'batch']],
    ['state:paused host:a*', []],
    ['host:a*', ['web-01', 'database 1']],
    ['host:"rack two"', ['batch']],
    ['host:"rack two",beta', ['web-02', 'batch']],
    ['host:b?ta', ['web-02']],
    ['name:base', ['database 1']],
    ['name:web-0?', ['web-01', 'web-02']],
    ['name:*1', ['web-01', 'database 1']],
    ['cpu:>80', ['web-01']],
    ['cpu:<=12.4%', ['database 1']],
    ['cpu:12', ['database 1']],
    ['-cpu:>80', ['web-02', 'database 1', 'batch']],
    ['memory:>=2GiB', ['web-01', 'web-02', 'database 1']],
    ['memory:8gib', ['database 1']],
    ['memory:512MiB..2GiB', ['web-01', 'web-02', 'batch']],
    ['memory:1..2GiB', ['web-01', 'web-02']],
    ['memory:512MiB,8GiB', ['database 1', 'batch']],
  ])('%s', (text, names) => {
    expect(found(text)).toEqual(names);
    expect(problems(text).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('says which keys there are where one is wrong, and hides nothing for it', () => {
    expect(problems('stat:paused')).toEqual([
      'There is no key "stat" for a VM. Keys: name, state, host, cpu, memory. Put a text that holds a colon in quotes.',
    ]);
    expect(found('stat:paused')).toEqual(all);
    expect(found('stat:paused web')).toEqual(['web-01', 'web-02']);
  });

  it('says which values there are where one is wrong, and goes by the others', () => {
    expect(problems('state:pasued')).toEqual([
      '"pasued" is no state. Possible: active, paused, suspended, inactive.',
    ]);
    expect(found('state:pasued')).toEqual(all);
    expect(found('state:pasued,inactive')).toEqual(['batch']);
  });

  it.each([
    ['memory:>=4', '"memory:>=4": memory wants a number with MiB, GiB or TiB, as in memory:>=4GiB.'],
    ['memory:4GB', '"memory:4GB": memory wants a number with MiB, GiB or TiB, as in memory:>=4GiB.'],
    ['cpu:high', '"cpu:high": CPU wants a number of percent, as in cpu:>80.'],
    ['state:', 'Say which state: state:active.'],
  ])('%s: wants what is missing', (text, problem) => {
    expect(problems(text)).toEqual([problem]);
    expect(found(text)).toEqual(all);
  });

  it.each([
    ['state:', true],
    ['state:pa', true],
    ['state:px', false],
    ['cpu:', true],
    ['cpu:>', true],
    ['memory:>=4', true],
    ['memory:>=4Gi', true],
    ['memory:4GB', false],
    ['memory:1..', true],
    ['stat:', false],
  ])('%s may still become right: %s', (text, unfinished) => {
    expect(readFilter(text, language)[0]?.unfinished).toBe(unfinished);
  });

  it('takes whatever is typed', () => {
    for (const text of ['-', '"', '-"', ':', 'state:,', 'name:[(', '*', '\\', 'name:"', '..', 'memory:..']) {
      expect(() => found(text)).not.toThrow();
    }
    expect(found('name:[(')).toEqual([]);
  });
});

describe('a tick in the menu', () => {
  it('adds a value to its key and takes it away again', () => {
    expect(toggledValue('web', language, 'state', 'paused')).toBe('web state:paused');
    expect(toggledValue('web state:paused x', language, 'state', 'active')).toBe('web state:paused,active x');
    expect(toggledValue('state:paused,Active', language, 'state', 'active')).toBe('state:paused');
    expect(toggledValue('web state:paused', language, 'state', 'paused')).toBe('web');
    expect(toggledValue('-host:alpha', language, 'host', 'rack two')).toBe('-host:alpha host:"rack two"');
  });

  it('quotes what would be two', () => {
    expect(quoted('rack two')).toBe('"rack two"');
    expect(quoted('a,b')).toBe('"a,b"');
    expect(quoted('a"b')).toBe('a?b');
    expect(quoted('plain')).toBe('plain');
  });
});
