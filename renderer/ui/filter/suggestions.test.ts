import { describe, expect, it } from 'vitest';
import type { FilterLanguage } from './filterLanguage.ts';
import { suggest } from './suggestions.ts';

interface Row {
  readonly name: string;
  readonly state: string;
}

const rows: readonly Row[] = [
  { name: 'web-01', state: 'active' },
  { name: 'web-02', state: 'active' },
  { name: 'batch', state: 'shut off' },
];

const language: FilterLanguage<Row> = {
  noun: 'VM',
  words: (row) => row.name,
  fields: [
    { kind: 'text', key: 'name', title: 'name', within: true, values: (row) => [row.name] },
    { kind: 'text', key: 'state', title: 'state', values: (row) => [row.state] },
    { kind: 'figure', key: 'cpu', title: 'CPU', unit: 'percent', value: () => 1, examples: ['>80', '<5'] },
  ],
};

const offered = (typed: string) => suggest(typed, language, rows).map(({ text }) => text);

describe('what is suggested', () => {
  it.each([
    ['', ['name:', 'state:', 'cpu:']],
    ['-', ['-name:', '-state:', '-cpu:']],
    ['s', ['state:', 'state:"shut off"']],
    ['act', ['state:active']],
    ['state:', ['state:active', 'state:"shut off"']],
    ['-state:s', ['-state:"shut off"']],
    ['state:active,', ['state:active,"shut off"']],
    ['state:active', []],
    ['name:0', ['name:web-01', 'name:web-02']],
    ['cpu:', ['cpu:>80', 'cpu:<5']],
    ['cpu:>80', []],
    ['nothing:', []],
  ])('after "%s"', (typed, texts) => {
    expect(offered(typed)).toEqual(texts);
  });

  it('says how many rows have a value', () => {
    expect(suggest('state:a', language, rows)).toEqual([{ text: 'state:active', note: '2', whole: true }]);
  });
});
