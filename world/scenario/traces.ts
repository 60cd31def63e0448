import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ScenarioFault } from '#shared/scenario/readScenario.ts';
import type { ScenarioFile } from '#shared/scenario/scenarioFile.ts';
import { noise, noiseBetween, streamOf } from '../physics/random.ts';
import type { Scenario } from './scenario.ts';

type Trace = Scenario['traces'][string];

/** By the name that the file gives them: of a folder one a file, in the order of their names; else one. */
export type LoadedTraces = Readonly<Record<string, readonly Trace[]>>;

/** What a workload calls one of them. */
export function traceName(name: string, index: number): string {
  return `${name}/${index}`;
}

const mostBytes = 16 * 1024 ** 2;
const mostFiles = 20_000;
const mostValues = 1_000_000;

class Unreadable extends Error {}

/** What the file's traces say, with `seed` for those that are made. `folder`: the scenario's own, which paths begin at. */
export function loadTraces(
  file: ScenarioFile,
  folder: string,
  seed: number,
): { readonly traces: LoadedTraces; readonly faults: readonly ScenarioFault[] } {
  const traces: Record<string, readonly Trace[]> = {};
  const faults: ScenarioFault[] = [];
  for (const [name, trace] of Object.entries(file.traces)) {
    try {
      if ('percents' in trace) traces[name] = [{ intervalMs: trace.every, percents: trace.percents }];
      else if ('made' in trace) {
        traces[name] = madeTraces(trace.made.count, trace.made.meanPercent, seed, name);
      } else if ('file' in trace) {
        const percents = readCsv(resolve(folder, trace.file), trace.column);
        traces[name] = [{ intervalMs: trace.every, percents }];
      } else {
        traces[name] = readFolder(resolve(folder, trace.folder)).map((percents) => ({
          intervalMs: trace.every,
          percents,
        }));
      }
    } catch (thrown) {
      const reason = reasonOf(thrown);
      const key = 'file' in trace ? 'file' : 'folder';
      faults.push({ path: ['traces', name, key], reason });
    }
  }
  return { traces, faults };
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const isMissing = 'code' in thrown && thrown.code === 'ENOENT';
  const path = 'path' in thrown && typeof thrown.path === 'string' ? thrown.path : undefined;
  return isMissing && path !== undefined
    ? `there is no ${path}; paths begin at the scenario's own folder`
    : thrown.message;
}

/** CloudSim's: each line a whole number, the use of CPUs in percent. */
function readFolder(path: string): readonly (readonly number[])[] {
  const names = readdirSync(path)
    .filter((name) => statSync(join(path, name)).isFile())
    .sort();
  if (names.length === 0) throw new Unreadable(`the folder ${path} holds no files`);
  if (names.length > mostFiles) throw new Unreadable(`the folder ${path} holds more than ${mostFiles} files`);
  return names.map((name) =>
    someOf(
      name,
      readLines(join(path, name)).map(([line, text]) => percentOf(name, line, text)),
    ),
  );
}

function readCsv(path: string, column: string | undefined): readonly number[] {
  const lines = readLines(path);
  const [first] = lines;
  if (first === undefined) throw new Unreadable(`${path} is empty`);
  const titles = cells(first[1]);
  const hasTitles = titles.some((title) => title !== '' && Number.isNaN(Number(title)));
  const at = column === undefined ? 0 : titles.indexOf(column);
  if (at < 0) throw new Unreadable(`${path} has no column ${column}; it has ${titles.join(', ')}`);
  return someOf(
    path,
    lines.slice(hasTitles ? 1 : 0).map(([line, text]) => percentOf(path, line, cells(text)[at] ?? '')),
  );
}

function cells(line: string): readonly string[] {
  return line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

/** With their numbers, from 1; an end of line at the file's end begins no line. */
function readLines(path: string): readonly (readonly [number, string])[] {
  if (statSync(path).size > mostBytes) throw new Unreadable(`${path} is larger than 16 MiB`);
  const lines = readFileSync(path, 'utf8').replace(/\s+$/, '').split(/\r?\n/);
  if (lines.length > mostValues) throw new Unreadable(`${path} has more than ${mostValues} lines`);
  return lines.length === 1 && lines[0] === '' ? [] : lines.map((text, index) => [index + 1, text] as const);
}

function percentOf(path: string, line: number, text: string): number {
  const trimmed = text.trim();
  if (trimmed === '')
    throw new Unreadable(`${path} has a hole in line ${line}: a value for each moment is needed`);
  const value = Number(trimmed);
  if (Number.isFinite(value) && value >= 0 && value <= 100) return value;
  throw new Unreadable(
    `${path} says ${trimmed.slice(0, 40)} in line ${line}, which is no percentage from 0 to 100`,
  );
}

function someOf(path: string, values: readonly number[]): readonly number[] {
  if (values.length === 0) throw new Unreadable(`${path} holds no values`);
  return values;
}

const dayOfValues = 288;
const fiveMinutesMs = 300_000;

/**
 * Days in the shape of the PlanetLab recordings (Beloglazov and Buyya 2012): most idle, few busy (an exponential
 * distribution over VMs), rough from one value to the next, with peaks now and then.
 */
function madeTraces(count: number, meanPercent: number, seed: number, name: string): readonly Trace[] {
  return Array.from({ length: count }, (_, index) => {
    const stream = streamOf(seed, `trace ${name} ${index}`);
    const level = -Math.log(1 - noise(stream, dayOfValues)) * meanPercent * 0.8;
    const percents = Array.from({ length: dayOfValues }, (_, slot) => {
      const isPeak = noise(~stream, slot) < 0.04;
      const value = level * noiseBetween(stream, slot, 0.5, 1.5) + (isPeak ? 50 * noise(stream, -slot) : 0);
      return Math.round(Math.max(0, Math.min(100, value)));
    });
    return { intervalMs: fiveMinutesMs, percents };
  });
}
