import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { z } from 'zod';
import { checkScenario } from './checkScenario.ts';
import { type ScenarioFile, scenarioFileSchema } from './scenarioFile.ts';

/** Where in a scenario's file: keys and positions from its top. */
export type ScenarioPath = readonly (string | number)[];

/** What makes a scenario impossible, before anybody knows on which line. */
export interface ScenarioFault {
  readonly path: ScenarioPath;
  readonly reason: string;
}

export interface ScenarioProblem {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  /** As in `hosts[2].model`; empty for the file as a whole. */
  readonly where: string;
  readonly reason: string;
}

export interface ReadScenario {
  readonly file: ScenarioFile;
  /** Gives what is found later its line, in the order of lines. */
  readonly locate: (faults: readonly ScenarioFault[]) => readonly ScenarioProblem[];
}

/** Larger than any that a person writes; what is read is bounded before it is looked at. */
const mostCharacters = 4_000_000;
/** Each line by itself helps; a page of them does not. Some show only once others are mended. */
const mostProblems = 50;

/**
 * A scenario as its file says it, checked by itself: form, names, sizes. What hangs on a seed (whether all VMs find
 * room) or on other files (traces) is found when it is made into a cluster. Never throws for a text, whatever it is.
 */
export function readScenario(text: string): ReadScenario | { readonly problems: readonly ScenarioProblem[] } {
  if (text.length > mostCharacters) {
    return { problems: [ofWhole(`it is longer than ${mostCharacters / 1e6} million characters`)] };
  }
  const lines = new LineCounter();
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines, version: '1.2', merge: false, uniqueKeys: true });
    if (document.errors.length > 0)
      return { problems: document.errors.slice(0, mostProblems).map(asProblem) };
    // An alias within an alias within ... would otherwise be a bomb.
    value = document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    return { problems: [ofWhole(thrown instanceof Error ? thrown.message : String(thrown))] };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { problems: [ofWhole('it is no scenario: it holds no table of keys and values')] };
  }
  const locate: ReadScenario['locate'] = (faults) =>
    faults
      .map(({ path, reason }) => ({ ...placeOf(document, lines, path), where: inWords(path), reason }))
      .sort((one, other) => one.line - other.line || one.column - other.column)
      .slice(0, mostProblems);
  const parsed = scenarioFileSchema.safeParse(value);
  if (!parsed.success) return { problems: locate(parsed.error.issues.flatMap(faultsOf)) };
  const faults = checkScenario(parsed.data);
  return faults.length > 0 ? { problems: locate(faults) } : { file: parsed.data, locate };

  function asProblem({ pos, message }: { readonly pos: readonly number[]; readonly message: string }) {
    const { line, col } = lines.linePos(pos[0] ?? 0);
    // The parser draws the line below its message.
    const [reason = message] = message.split(/ at line \d+/);
    return { line, column: col, where: '', reason };
  }
}

/** `line 12: hosts[2].model: there is no host model "x"`. */
export function problemInWords({ line, where, reason }: ScenarioProblem): string {
  return `line ${line}: ${where === '' ? '' : `${where}: `}${reason}`;
}

function ofWhole(reason: string): ScenarioProblem {
  return { line: 1, column: 1, where: '', reason };
}

function faultsOf(issue: z.core.$ZodIssue): readonly ScenarioFault[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? key.toString() : key));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], reason: 'there is no such key here' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // Of what it might have been, what it comes nearest to.
    const nearest = [...issue.errors].sort((one, other) => depthOf(other) - depthOf(one))[0];
    const inner = nearest?.flatMap((each) => faultsOf({ ...each, path: [...issue.path, ...each.path] }));
    if (inner !== undefined && inner.length > 0) return inner;
  }
  // Of a name in a table: the rule for names is what helps.
  if (issue.code === 'invalid_key') {
    return issue.issues.map((each) => ({ path, reason: each.message }));
  }
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return [{ path, reason: `expected one of ${issue.options.join(', ')}` }];
  }
  return [{ path, reason: reasonOf(issue) }];
}

/** In words that need no knowledge of schemas; of what comes up seldom, the schema's own. */
function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return 'it is empty';
      return `it ${issue.origin === 'array' ? 'has fewer entries' : 'is less'} than ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `it is longer than ${issue.maximum} characters`;
      return `it ${issue.origin === 'array' ? 'has more entries' : 'is more'} than ${issue.maximum}`;
    default:
      return issue.message
        .replace(/^Invalid (?:input|option): /, '')
        .replaceAll('"', '')
        .replace(/^(.*), received undefined$/, 'it is missing; $1');
  }
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  const depths = issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 0.5 : 0));
  return Math.max(0, ...depths);
}

function inWords(path: ScenarioPath): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('');
}

/** Of the key or item that a path leads to, or of the nearest around it that is there. */
function placeOf(document: Document.Parsed, lines: LineCounter, path: ScenarioPath) {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (each) => isPair(each) && isScalar(each.key) && String(each.key.value) === String(key),
      );
      if (pair === undefined) break;
      offset = rangeStart(pair.key) ?? offset;
      node = asNode(pair.value);
    } else if (isSeq(node) && typeof key === 'number') {
      node = asNode(node.items[key]);
      offset = rangeStart(node) ?? offset;
    } else break;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function asNode(value: unknown): Node | undefined {
  return isMap(value) || isSeq(value) || isScalar(value) ? value : undefined;
}

function rangeStart(value: unknown): number | undefined {
  return asNode(value)?.range?.[0];
}
