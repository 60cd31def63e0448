import { describe, expect, it } from 'vitest';
import { afterTyping, draftOf, type FilterDraft, reopened, settled, textOf } from './draft.ts';
import type { FilterLanguage } from './filterLanguage.ts';

const language: FilterLanguage<{ readonly state: string }> = {
  noun: 'VM',
  words: (row) => row.state,
  fields: [
    {
      kind: 'text',
      key: 'state',
      title: 'state',
      values: (row) => [row.state],
      choices: ['on', 'off', 'shut off'],
    },
  ],
};

const empty: FilterDraft = { chips: [], typed: '' };

function typing(text: string): FilterDraft {
  let draft = empty;
  for (const letter of text) draft = afterTyping(draft, draft.typed + letter, language);
  return draft;
}

describe('a filter as it is typed', () => {
  it.each([
    ['web st', [], 'web st'],
    ['state:on', [], 'state:on'],
    ['state:on ', ['state:on'], ''],
    ['web state:on x', ['state:on'], 'web x'],
    ['state:"shut ', [], 'state:"shut '],
    ['state:"shut off" ', ['state:"shut off"'], ''],
    ['state:of ', [], 'state:of '],
    ['stat:on x', [], 'stat:on x'],
  ])('%j', (text, chips, typed) => {
    expect(typing(text)).toEqual({ chips, typed });
  });

  it('is the same text as its address, whichever way it came', () => {
    for (const text of ['web state:on x', 'state:"shut off" -state:on', 'stat:on  "a b"']) {
      const typed = settled(typing(text), language);
      expect(draftOf(textOf(typed), language)).toEqual(typed);
    }
  });

  it('gives a chip back to be typed on', () => {
    expect(reopened({ chips: ['state:on', '-state:off'], typed: 'web' })).toEqual({
      chips: ['state:on'],
      typed: 'web -state:off',
    });
    expect(reopened({ chips: ['state:on', '-state:off'], typed: '' }, 0).typed).toBe('state:on');
    expect(reopened(empty)).toBe(empty);
  });
});
