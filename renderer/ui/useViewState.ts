import { useCallback } from 'react';
import { useLocation, useRoute, useSearch } from 'wouter';
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

/** Another address with the same view of its list: filter and order go with it, and are there on the way back. */
export function useKeptView(): (path: string) => string {
  const search = useSearch();
  return (path) => withQuery(path, search);
}

/** Which object of a list the address has open beside it (`/hosts/7`); filter and sort stay when another is opened. */
export function useOpened(list: '/hosts' | '/vms' | '/activity'): {
  readonly id: string | undefined;
  /** The address of one of its objects. */
  readonly href: (path: string) => string;
  readonly open: (path: string) => void;
  readonly close: () => void;
} {
  const [, navigate] = useLocation();
  const search = useSearch();
  const [, parameters] = useRoute<{ readonly id: string }>(`${list}/:id`);
  const href = (path: string): string => withQuery(path, search);
  return {
    id: parameters === null ? undefined : decodeURIComponent(parameters.id),
    href,
    open: (path) => navigate(href(path)),
    close: () => navigate(href(list)),
  };
}

function withQuery(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}
