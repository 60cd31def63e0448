/**
 * Hosts list pools and networks in no particular order; by name, what is found does not jump between two looks.
 */
export function byName<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  return all.toSorted((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
}
