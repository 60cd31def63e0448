import { useSyncExternalStore } from 'react';
import type { BaseLocationHook } from 'wouter';

/**
 * The address of a view lives wholly behind the #, its query included: `#/vms/ID?filter=web`. So the document is never
 * asked for again, under app:// and http:// alike.
 */
function address(): string {
  return location.hash.replace(/^#?\/?/, '/');
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}

export function navigate(to: string, options?: { readonly replace?: boolean }): void {
  const next = `#${to}`;
  if (next === location.hash) return;
  if (options?.replace === true) history.replaceState(null, '', next);
  else history.pushState(null, '', next);
  dispatchEvent(new PopStateEvent('popstate'));
}

const path = (): string => address().split('?', 1)[0] ?? '/';
const query = (): string => address().slice(path().length + 1);

export const useHashLocation: BaseLocationHook = Object.assign(
  (): [string, typeof navigate] => [useSyncExternalStore(subscribe, path), navigate],
  { hrefs: (href: string) => `#${href}`, searchHook: () => useSyncExternalStore(subscribe, query) },
);
