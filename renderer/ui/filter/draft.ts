import { type FilterLanguage, joined, readFilter } from './filterLanguage.ts';

/** A filter as its field holds it: what has become chips, and what is still typed. Together they are its text. */
export interface FilterDraft {
  /** `key:value` terms that are whole, as they were typed. */
  readonly chips: readonly string[];
  readonly typed: string;
}

export const textOf = ({ chips, typed }: FilterDraft): string => joined([...chips, typed.trim()]);

/** As a text from the address is shown: every `key:value` that is right a chip, words left to be typed on. */
export function draftOf<Row>(text: string, language: FilterLanguage<Row>): FilterDraft {
  const terms = readFilter(text, language);
  const isChip = (term: (typeof terms)[number]) => term.field !== undefined && term.problem === undefined;
  return {
    chips: terms.filter(isChip).map((term) => term.source),
    typed: joined(terms.filter((term) => !isChip(term)).map((term) => term.source)),
  };
}

/** After a key: a `key:value` that is whole and has a blank after it becomes a chip. */
export function afterTyping<Row>(
  { chips }: FilterDraft,
  typed: string,
  language: FilterLanguage<Row>,
): FilterDraft {
  const terms = readFilter(typed, language);
  const done = terms.filter(
    (term) => term.field !== undefined && term.problem === undefined && term.to < typed.length,
  );
  if (done.length === 0) return { chips, typed };
  let rest = '';
  let from = 0;
  for (const term of done) {
    rest += typed.slice(from, term.from);
    from = term.to + 1;
  }
  return { chips: [...chips, ...done.map((term) => term.source)], typed: rest + typed.slice(from) };
}

/** Everything that is right becomes a chip: on Enter, and when the field is left. */
export function settled<Row>(draft: FilterDraft, language: FilterLanguage<Row>): FilterDraft {
  const rest = draftOf(draft.typed, language);
  return { chips: [...draft.chips, ...rest.chips], typed: rest.typed };
}

/** The last chip as text again, to be typed on. */
export function reopened(draft: FilterDraft, index = draft.chips.length - 1): FilterDraft {
  const chip = draft.chips[index];
  if (chip === undefined) return draft;
  return { chips: draft.chips.toSpliced(index, 1), typed: joined([draft.typed, chip]) };
}
