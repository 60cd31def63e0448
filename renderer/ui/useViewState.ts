import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { Sort } from './tableOrder.ts';

/** One value of the view's address, so that going back, a bookmark and a reload find the same view. */
export function useViewState(name: string): readonly [string, (value: string) => void] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const set = useCallback(
    (value: string) => {
      const next = new URLSearchParams(search);
      if (value === '') next.delete(name);
      else next.set(name, value);
      navigate(withQuery(path, next.toString()), { replace: true });
    },
    [name, path, search, navigate],
  );
  return [new URLSearchParams(search).get(name) ?? '', set];
}

/** The order of a table in the address: `sort=name` or `sort=-cpu`. */
export function useSort(usual: Sort): readonly [Sort, (sort: Sort) => void] {
  const [text, setText] = useViewState('sort');
  const sort = text === '' ? usual : { key: text.replace(/^-/, ''), descending: text.startsWith('-') };
  return [sort, (next) => setText(`${next.descending ? '-' : ''}${next.key}`)];
}

/** The same view of another object: filter and sort stay. */
export function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}
