import { type FilterField, type FilterLanguage, quoted, type TextField } from './filterLanguage.ts';

/** What the part that is being typed could become. */
export interface Suggestion {
  /** The whole part: `state:paused`, or `state:` where a value must follow. */
  readonly text: string;
  /** What it is, or how many rows have it. */
  readonly note: string;
  readonly whole: boolean;
}

export interface Occurring {
  readonly value: string;
  readonly rows: number;
}

const mostOffered = 8;
/** A text of more values than these is a name, not a kind: a menu of them helps nobody. */
const mostKinds = 400;

/** Counted once for a list of rows and a field: ten thousand are not counted anew with every key. */
const counted = new WeakMap<object, WeakMap<object, readonly Occurring[]>>();

/** The values of a field that rows have, most frequent first. */
export function occurring<Row>(field: TextField<Row>, rows: readonly Row[]): readonly Occurring[] {
  const before = counted.get(rows)?.get(field);
  if (before !== undefined) return before;
  const found = count(field, rows);
  const ofRows = counted.get(rows) ?? new WeakMap<object, readonly Occurring[]>();
  counted.set(rows, ofRows.set(field, found));
  return found;
}

function count<Row>(field: TextField<Row>, rows: readonly Row[]): readonly Occurring[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const value of field.values(row)) counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > mostKinds) break;
  }
  return [...counts]
    .map(([value, count]) => ({ value, rows: count }))
    .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1));
}

/** For the part of the text before the caret: keys, then values that occur. */
export function suggest<Row>(
  typed: string,
  language: FilterLanguage<Row>,
  rows: readonly Row[],
): readonly Suggestion[] {
  const negation = typed.startsWith('-') ? '-' : '';
  const body = typed.slice(negation.length);
  const colon = body.indexOf(':');
  if (colon >= 0) {
    const field = language.fields.find((each) => each.key === body.slice(0, colon).toLowerCase());
    return field === undefined
      ? []
      : ofField(field, negation, body.slice(colon + 1), rows).slice(0, mostOffered);
  }
  const part = body.toLowerCase().replaceAll('"', '');
  const keys = language.fields
    .filter((field) => field.key.startsWith(part))
    .map((field) => ({ text: `${negation}${field.key}:`, note: field.title, whole: false }));
  if (part === '') return keys;
  const values = language.fields.flatMap((field) =>
    field.kind === 'text' && field.within !== true ? ofField(field, negation, part, rows) : [],
  );
  return [...keys, ...values].slice(0, mostOffered);
}

function ofField<Row>(
  field: FilterField<Row>,
  negation: string,
  typed: string,
  rows: readonly Row[],
): readonly Suggestion[] {
  const head = `${negation}${field.key}:`;
  if (field.kind === 'figure') {
    return field.examples
      .filter((example) => example.startsWith(typed) && example !== typed)
      .map((example) => ({ text: head + example, note: field.title, whole: true }));
  }
  // Only the last of several values is being typed; those before it are kept as they are.
  const comma = typed.lastIndexOf(',');
  const kept = typed.slice(0, comma + 1);
  const part = typed
    .slice(comma + 1)
    .replaceAll('"', '')
    .toLowerCase();
  const taken = new Set(kept.toLowerCase().replaceAll('"', '').split(','));
  return occurring(field, rows)
    .filter(({ value }) => !taken.has(value) && value !== part)
    .filter(({ value }) => (field.within === true ? value.includes(part) : value.startsWith(part)))
    .map(({ value, rows: count }) => ({
      text: `${head}${kept}${quoted(value)}`,
      note: String(count),
      whole: true,
    }));
}
