import type { StoreState } from '../state/state.ts';

/** What the files of a store take in all. */
export function usedBytes(store: StoreState): number {
  let bytes = 0;
  for (const file of Object.values(store.files)) bytes += file.usedBytes;
  return bytes;
}
