/**
 * What is typed into a filter: words, which are looked for in anything shown, and `key:value` with `*` and `?`, several
 * values by commas, `-` before it for the opposite, quotes around what holds blanks, and for figures `>`, `>=`, `<`,
 * `<=` and `2..4`. All terms must hold. What is wrong says so and is left out of the filter: it never hides a row.
 */
export interface FilterLanguage<Row> {
  /** What a row is: "VM". */
  readonly noun: string;
  readonly fields: readonly FilterField<Row>[];
  /** Everything shown of a row, in lower case, a line each: what words are looked for in. */
  readonly words: (row: Row) => string;
}

export type FilterField<Row> = TextField<Row> | FigureField<Row>;

interface Named {
  readonly key: string;
  /** "host": in messages and menus. */
  readonly title: string;
}

export interface TextField<Row> extends Named {
  readonly kind: 'text';
  /** In lower case. */
  readonly values: (row: Row) => readonly string[];
  /** Every value there is, where another one is a slip. */
  readonly choices?: readonly string[];
  /** A value without `*` is looked for anywhere within; elsewhere it is the whole value. */
  readonly within?: boolean;
}

export type FigureUnit = 'count' | 'percent' | 'memory';

export interface FigureField<Row> extends Named {
  readonly kind: 'figure';
  /** Percent, MiB or a count. undefined where it is not measured: no comparison holds then. */
  readonly value: (row: Row) => number | undefined;
  readonly unit: FigureUnit;
  /** `>80`: what a menu offers, and a message shows. */
  readonly examples: readonly [string, ...string[]];
  /** Changes by itself, several times a second. */
  readonly live?: boolean;
}

export interface FilterTerm<Row> {
  /** As it stands in the text. */
  readonly source: string;
  readonly from: number;
  readonly to: number;
  /** undefined of a word. */
  readonly field: FilterField<Row> | undefined;
  readonly negated: boolean;
  /** As they were typed, without quotes. */
  readonly values: readonly string[];
  /** Why it, or a part of it, is left out of the filter. */
  readonly problem?: string;
  /** It is wrong only because it is not yet typed to its end. */
  readonly unfinished: boolean;
  /** undefined where nothing of it can be used. */
  readonly accepts?: (row: Row) => boolean;
}

export function readFilter<Row>(text: string, language: FilterLanguage<Row>): readonly FilterTerm<Row>[] {
  return tokensOf(text).map((token) => readTerm(token, language));
}

/** Whether a row passes every term that can be used. */
export function passing<Row>(terms: readonly FilterTerm<Row>[]): ((row: Row) => boolean) | undefined {
  const tests = terms.flatMap(({ accepts }) => accepts ?? []);
  return tests.length === 0 ? undefined : (row) => tests.every((accepts) => accepts(row));
}

interface Token {
  readonly source: string;
  readonly from: number;
  readonly to: number;
}

/** Parts between blanks; what stands in quotes is one part, also where they are not closed yet. */
function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(/(?:"[^"]*(?:"|$)|[^\s"])+/g)].map((match) => ({
    source: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

/** `52:54:00`: hexadecimal pairs are a part of a MAC address, not a key. */
const macPart = /^-?[0-9a-f]{2}(:[0-9a-f]{0,2})+$/i;

function readTerm<Row>(token: Token, language: FilterLanguage<Row>): FilterTerm<Row> {
  const negated = token.source.length > 1 && token.source.startsWith('-');
  const body = negated ? token.source.slice(1) : token.source;
  const found = macPart.test(token.source) ? null : /^([a-z][\w-]*):/i.exec(body);
  if (found === null) return readWord(token, body, negated, language);
  const key = (found[1] ?? '').toLowerCase();
  const field = language.fields.find((each) => each.key === key);
  const values = splitValues(body.slice(found[0].length));
  const rest = { ...token, negated, field, values };
  if (field === undefined) {
    const keys = language.fields.map((each) => each.key).join(', ');
    return {
      ...rest,
      unfinished: false,
      problem: `There is no key "${key}" for a ${language.noun}. Keys: ${keys}. Put a text that holds a colon in quotes.`,
    };
  }
  if (values.length === 0) {
    return { ...rest, unfinished: true, problem: `Say which ${field.title}: ${exampleOf(field)}.` };
  }
  const tests = field.kind === 'text' ? textTests(field, values) : figureTests(field, values);
  const accepted = tests.flatMap((test) => (typeof test === 'function' ? [test] : []));
  const wrong = tests.find((test) => typeof test !== 'function');
  const accepts = (row: Row): boolean => accepted.some((test) => test(row)) !== negated;
  return {
    ...rest,
    unfinished: typeof wrong === 'object' && wrong.unfinished,
    ...(typeof wrong === 'object' ? { problem: wrong.problem } : {}),
    ...(accepted.length === 0 ? {} : { accepts }),
  };
}

function readWord<Row>(
  token: Token,
  body: string,
  negated: boolean,
  language: FilterLanguage<Row>,
): FilterTerm<Row> {
  const word = body.replaceAll('"', '').toLowerCase();
  const rest = { ...token, negated, field: undefined, values: [word], unfinished: word === '' };
  if (word === '') return rest;
  const { words } = language;
  const pattern = hasWildcard(word) ? new RegExp(patternOf(word)) : undefined;
  return {
    ...rest,
    accepts: (row) =>
      (pattern === undefined ? words(row).includes(word) : pattern.test(words(row))) !== negated,
  };
}

function splitValues(text: string): readonly string[] {
  return [...text.matchAll(/(?:"[^"]*(?:"|$)|[^,"])+/g)]
    .map((match) => match[0].replaceAll('"', '').trim())
    .filter((value) => value !== '');
}

type Test<Row> = ((row: Row) => boolean) | { readonly problem: string; readonly unfinished: boolean };

function textTests<Row>(field: TextField<Row>, values: readonly string[]): readonly Test<Row>[] {
  return values.map((typed): Test<Row> => {
    const value = typed.toLowerCase();
    const valuesOf = field.values;
    if (hasWildcard(value)) {
      const pattern = new RegExp(`^${patternOf(value)}$`);
      return (row) => valuesOf(row).some((each) => pattern.test(each));
    }
    if (field.within === true) return (row) => valuesOf(row).some((each) => each.includes(value));
    const choices = field.choices?.map((choice) => choice.toLowerCase());
    if (choices !== undefined && !choices.includes(value)) {
      return {
        unfinished: choices.some((choice) => choice.startsWith(value)),
        problem: `"${typed}" is no ${field.title}. Possible: ${fewOf(field.choices ?? [])}.`,
      };
    }
    return (row) => valuesOf(row).includes(value);
  });
}

const hasWildcard = (text: string): boolean => /[*?]/.test(text);

function patternOf(text: string): string {
  return text
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^\\n]*')
    .replaceAll('?', '[^\\n]');
}

const most = 8;

function fewOf(choices: readonly string[]): string {
  const more = choices.length - most;
  return choices.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function exampleOf<Row>(field: FilterField<Row>): string {
  const example = field.kind === 'figure' ? field.examples[0] : (field.choices?.[0] ?? 'a*');
  return `${field.key}:${quoted(example)}`;
}

const factors: Readonly<Record<FigureUnit, Readonly<Record<string, number>>>> = {
  count: { '': 1 },
  percent: { '': 1, '%': 1 },
  memory: { mib: 1, gib: 1024, tib: 1024 * 1024 },
};

const unitWords: Readonly<Record<FigureUnit, string>> = {
  count: 'a number',
  percent: 'a number of percent',
  memory: 'a number with MiB, GiB or TiB',
};

function figureTests<Row>(field: FigureField<Row>, values: readonly string[]): readonly Test<Row>[] {
  return values.map((typed): Test<Row> => {
    const range = /^(.+)\.\.(.+)$/.exec(typed);
    const [low, high] =
      range === null ? [] : [amountOf(range[1], field, range[2]), amountOf(range[2], field)];
    if (low !== undefined && high !== undefined) {
      return (row) => isBetween(field.value(row), low.amount, high.amount);
    }
    const [, operator = '=', rest = ''] = /^(>=|<=|>|<|=)?(.*)$/.exec(typed) ?? [];
    const wanted = amountOf(rest, field);
    if (wanted !== undefined) return (row) => compares(field.value(row), operator, wanted);
    return {
      unfinished: /^([<>]=?|=)?\s*(\d+(\.\d*)?)?(\.\.)?\s*([kmgt]i?)?$/i.test(typed),
      problem: `"${field.key}:${typed}": ${field.title} wants ${unitWords[field.unit]}, as in ${exampleOf(field)}.`,
    };
  });
}

interface Amount {
  readonly amount: number;
  /** So exactly it was typed: what counts as equal to it. */
  readonly step: number;
}

/** A figure with its unit; the lower end of a range takes the unit of the upper one where it has none. */
function amountOf<Row>(
  text: string | undefined,
  field: FigureField<Row>,
  sameUnitAs = '',
): Amount | undefined {
  const found = /^\s*(\d+(?:\.(\d+))?)\s*([a-z%]*)\s*$/i.exec(text ?? '');
  const [, figure, decimals = '', typedUnit = ''] = found ?? [];
  if (figure === undefined) return undefined;
  const unit = typedUnit === '' ? (/[a-z%]*$/i.exec(sameUnitAs)?.[0] ?? '') : typedUnit;
  const factor = factors[field.unit][unit.toLowerCase()];
  if (factor === undefined) return undefined;
  return { amount: Number(figure) * factor, step: factor / 10 ** decimals.length };
}

const isBetween = (value: number | undefined, low: number, high: number): boolean =>
  value !== undefined && value >= low && value <= high;

function compares(value: number | undefined, operator: string, { amount, step }: Amount): boolean {
  if (value === undefined) return false;
  if (operator === '>') return value > amount;
  if (operator === '>=') return value >= amount;
  if (operator === '<') return value < amount;
  if (operator === '<=') return value <= amount;
  return Math.abs(value - amount) < step / 2;
}

/** As it is typed: in quotes where it holds a blank or a comma. A quote of its own is any one character. */
export function quoted(value: string): string {
  const plain = value.replaceAll('"', '?');
  return /[\s,]/.test(plain) ? `"${plain}"` : plain;
}

export function joined(parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== '').join(' ');
}

/** The text with a value of a key in it, or without it where it is there: what a menu's tick does. */
export function toggledValue<Row>(
  text: string,
  language: FilterLanguage<Row>,
  key: string,
  value: string,
): string {
  const terms = readFilter(text, language);
  const term = terms.find((each) => each.field?.key === key && !each.negated);
  const before = term?.values ?? [];
  const isThere = hasValue(term, value);
  const after = isThere
    ? before.filter((each) => each.toLowerCase() !== value.toLowerCase())
    : [...before, value];
  const made = after.length === 0 ? '' : `${key}:${after.map(quoted).join(',')}`;
  if (term === undefined) return joined([text, made]);
  return joined(terms.map((each) => (each === term ? made : each.source)));
}

export function hasValue<Row>(term: FilterTerm<Row> | undefined, value: string): boolean {
  return term?.values.some((each) => each.toLowerCase() === value.toLowerCase()) ?? false;
}
