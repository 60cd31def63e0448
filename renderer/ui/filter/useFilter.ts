import { useMemo, useRef } from 'react';
import { useSampleVersion } from '../../transport/hooks.ts';
import { type FilterLanguage, type FilterTerm, passing, readFilter } from './filterLanguage.ts';

export interface Filtered<Row> {
  readonly terms: readonly FilterTerm<Row>[];
  readonly shown: readonly Row[];
}

/**
 * The rows that pass a filter, the same list as long as neither changes. A filter by measurements is looked through again
 * with each of them, but not while `still`: rows do not come and go under the pointer.
 */
export function useFilter<Row>(
  text: string,
  language: FilterLanguage<Row>,
  rows: readonly Row[],
  still: boolean,
): Filtered<Row> {
  const terms = useMemo(() => readFilter(text, language), [text, language]);
  const isLive = terms.some((term) => term.field?.kind === 'figure' && term.field.live === true);
  const version = useSampleVersion(isLive);
  const seen = useRef(version);
  if (!still) seen.current = version;
  const lookedAt = seen.current;
  const shown = useMemo(() => {
    const accepts = passing(terms);
    return accepts === undefined ? rows : rows.filter(accepts);
    // The measurements are outside of React's state, and their version stands for them.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [terms, rows, lookedAt]);
  return { terms, shown };
}

/** "12 of 800"; nothing where there is nothing to count. */
export function countOf(shown: number, all: number): string | undefined {
  if (all === 0) return undefined;
  const words = (count: number): string => count.toLocaleString('en');
  return shown === all ? words(all) : `${words(shown)} of ${words(all)}`;
}
