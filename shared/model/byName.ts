interface Named {
  readonly name: string;
}

// One for all: localeCompare with options makes a new one for every two names.
const names = new Intl.Collator('en', { numeric: true });

/** As people count: vm-2 before vm-10. */
export const compareNames = (one: Named, other: Named): number => names.compare(one.name, other.name);

/** In an order that does not jump between two looks. */
export function byName<T extends Named>(all: readonly T[]): readonly T[] {
  return all.toSorted(compareNames);
}
