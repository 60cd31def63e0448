import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import SshConfigLibrary, { type Line, type Section } from 'ssh-config';
import { DroverError } from '#shared/contract/errors.ts';
import type { SshSurroundings } from './surroundings.ts';

/** What ~/.ssh/config says about one host; of the many settings, those a login from here uses. Not yet expanded. */
export interface SshConfigSettings {
  readonly hostName?: string;
  readonly user?: string;
  readonly port?: string;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  readonly identityAgent?: string;
  readonly proxyJump?: string;
  readonly proxyCommand?: string;
  readonly hostKeyAlias?: string;
  readonly userKnownHostsFiles?: readonly string[];
}

const INCLUDE_DEPTH = 16;
/** Kept by the library when written in any case; it tells HostName and User apart by exact spelling only. */
const SPELLINGS = new Map(
  ['HostName', 'User', 'Host', 'Match', 'Include'].map((name) => [name.toLowerCase(), name]),
);

/**
 * Settings for one host, first match first, Include followed. `Match exec` never matches: reading a file must not run
 * programs. Canonicalisation is left out for the same reason (the library would run nslookup).
 */
export async function readSshConfig(
  surroundings: SshSurroundings,
  host: string,
  user: string | undefined,
): Promise<SshConfigSettings> {
  const question = { host, user };
  const lines = await readLines(surroundings.configFile, surroundings, question, 0);
  return toSettings(compute(lines, question));
}

interface Question {
  readonly host: string;
  readonly user: string | undefined;
}

function compute(lines: readonly Line[], question: Question): ReadonlyMap<string, readonly string[]> {
  const config = new SshConfigLibrary();
  config.push(...lines);
  const computed = config.compute(
    question.user === undefined ? { Host: question.host } : { Host: question.host, User: question.user },
    { ignoreCase: true, matchExec: false },
  );
  return new Map(
    Object.entries(computed).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]),
  );
}

async function readLines(
  file: string,
  surroundings: SshSurroundings,
  question: Question,
  depth: number,
): Promise<readonly Line[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(file, error);
  }
  let parsed: readonly Line[];
  try {
    parsed = [...SshConfigLibrary.parse(`${text}\n`)];
  } catch (error) {
    throw unreadable(file, error);
  }
  return include(parsed, surroundings, question, depth);
}

/**
 * Puts included files in their place, which the library leaves to its caller. Inside a Host or Match section the
 * included lines count only where the section does, and may open sections of their own; so the section is cut in
 * two around them.
 */
async function include(
  lines: readonly Line[],
  surroundings: SshSurroundings,
  question: Question,
  depth: number,
): Promise<readonly Line[]> {
  const result: Line[] = [];
  for (const line of lines.map(spellAsExpected)) {
    if (line.type !== SshConfigLibrary.DIRECTIVE) continue;
    if (line.param === 'Include') {
      result.push(...(await includedLines(line, surroundings, question, depth)));
    } else if ('config' in line) {
      const applies = sectionApplies(line, question);
      let part = new SshConfigLibrary();
      for (const inner of [...line.config].map(spellAsExpected)) {
        if (inner.type !== SshConfigLibrary.DIRECTIVE || isLeftOut(inner.param)) continue;
        if (inner.param !== 'Include') {
          part.push(inner);
        } else if (applies) {
          result.push({ ...line, config: part });
          result.push(...(await includedLines(inner, surroundings, question, depth)));
          part = new SshConfigLibrary();
        }
      }
      result.push({ ...line, config: part });
    } else if (!isLeftOut(line.param)) {
      result.push(line);
    }
  }
  return result;
}

function spellAsExpected(line: Line): Line {
  if (line.type !== SshConfigLibrary.DIRECTIVE) return line;
  return { ...line, param: SPELLINGS.get(line.param.toLowerCase()) ?? line.param };
}

function isLeftOut(param: string): boolean {
  return /^canonical(izehostname|domains)$/i.test(param);
}

/** Asks the library itself whether a section applies, by giving it a line that could come from nowhere else. */
function sectionApplies(section: Section, question: Question): boolean {
  const marked = new SshConfigLibrary();
  marked.push(...SshConfigLibrary.parse('DroverSectionApplies yes'));
  return compute([{ ...section, config: marked }], question).has('droversectionapplies');
}

async function includedLines(
  line: Extract<Line, { param: string }>,
  surroundings: SshSurroundings,
  question: Question,
  depth: number,
): Promise<readonly Line[]> {
  if (depth >= INCLUDE_DEPTH) {
    throw new DroverError({
      code: 'ssh-config-unusable',
      tried: `Read ${surroundings.configFile}`,
      cause: `its Include lines go more than ${INCLUDE_DEPTH} files deep, as when a file includes itself`,
      next: 'Remove the Include that leads back',
    });
  }
  const patterns = typeof line.value === 'string' ? [line.value] : line.value.map((each) => each.val);
  const result: Line[] = [];
  for (const pattern of patterns) {
    for (const file of await filesMatching(pattern, surroundings)) {
      result.push(...(await readLines(file, surroundings, question, depth + 1)));
    }
  }
  return result;
}

/** Wildcards are taken in the last part of the path only, where they are in practice (`Include config.d/*`). */
async function filesMatching(pattern: string, surroundings: SshSurroundings): Promise<readonly string[]> {
  const absolute = path.resolve(
    path.join(surroundings.homeFolder, '.ssh'),
    expandHome(pattern, surroundings.homeFolder),
  );
  const name = path.basename(absolute);
  if (!/[*?]/.test(name)) return [absolute];
  const expression = new RegExp(
    `^${name
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
  try {
    const entries = await readdir(path.dirname(absolute), { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && expression.test(entry.name))
      .map((entry) => path.join(path.dirname(absolute), entry.name))
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(absolute, error);
  }
}

function toSettings(values: ReadonlyMap<string, readonly string[]>): SshConfigSettings {
  const first = (name: string): string | undefined => values.get(name)?.[0];
  const optional = {
    hostName: first('hostname'),
    user: first('user'),
    port: first('port'),
    identityAgent: first('identityagent'),
    proxyJump: first('proxyjump'),
    proxyCommand: first('proxycommand'),
    hostKeyAlias: first('hostkeyalias'),
    userKnownHostsFiles: values.get('userknownhostsfile'),
  };
  return {
    identityFiles: [...new Set(values.get('identityfile') ?? [])],
    identitiesOnly: /^(yes|true)$/i.test(first('identitiesonly') ?? 'no'),
    ...dropUndefined(optional),
  };
}

function dropUndefined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const name in values) {
    const value = values[name];
    if (isDefined(value)) result[name] = value;
  }
  return result;
}

function isDefined<V>(value: V): value is Exclude<V, undefined> {
  return value !== undefined;
}

export function expandHome(text: string, homeFolder: string): string {
  return text === '~' || text.startsWith('~/') || text.startsWith('~\\')
    ? path.join(homeFolder, text.slice(1))
    : text;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function unreadable(file: string, error: unknown): DroverError {
  return new DroverError({
    code: 'ssh-config-unusable',
    tried: `Read ${file}`,
    cause: error instanceof Error ? error.message : String(error),
    next: 'Correct that file, or its rights, and try again',
    source: error,
  });
}
