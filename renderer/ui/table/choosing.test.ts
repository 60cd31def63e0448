import { describe, expect, it } from 'vitest';
import { afterChoice, headChoice } from './choosing.ts';

const keys = ['a', 'b', 'c', 'd'];

describe('choosing rows', () => {
  it('takes a row besides, and gives it up', () => {
    expect([...afterChoice(new Set(['a']), { key: 'c', range: false }, 'a', keys)]).toEqual(['a', 'c']);
    expect([...afterChoice(new Set(['a', 'c']), { key: 'a', range: false }, 'c', keys)]).toEqual(['c']);
  });

  it('takes a range either way, and gives it up as one', () => {
    expect([...afterChoice(new Set(['a']), { key: 'c', range: true }, 'a', keys)]).toEqual(['a', 'b', 'c']);
    expect([...afterChoice(new Set(['d']), { key: 'b', range: true }, 'd', keys)]).toEqual(['d', 'b', 'c']);
    expect([...afterChoice(new Set(keys), { key: 'd', range: true }, 'b', keys)]).toEqual(['a']);
  });

  it('takes only the row where the range has lost its beginning', () => {
    expect([...afterChoice(new Set(), { key: 'b', range: true }, 'gone', keys)]).toEqual(['b']);
    expect([...afterChoice(new Set(), { key: 'b', range: true }, undefined, keys)]).toEqual(['b']);
  });

  it('says in the head whether none, some or all are chosen', () => {
    expect(headChoice(new Set(), keys)).toBe('none');
    expect(headChoice(new Set(['b', 'elsewhere']), keys)).toBe('some');
    expect(headChoice(new Set(['elsewhere']), keys)).toBe('none');
    expect(headChoice(new Set(keys), keys)).toBe('all');
    expect(headChoice(new Set(['a']), [])).toBe('none');
  });
});
