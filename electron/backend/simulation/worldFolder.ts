import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import { worldProtocol } from '#shared/contract/worldContract.ts';
import { builtInScenarios } from '#shared/model/simulation.ts';
import { readScenario } from '#shared/scenario/readScenario.ts';

const infoSchema = z
  .object({
    pid: z.number().int(),
    socketPath: z.string(),
    scenario: z.string(),
    title: z.string(),
    seed: z.number().int(),
  })
  .readonly();

/** What a world that answers has written of itself into its folder; one that was killed has left it there. */
export type WorldInfo = z.infer<typeof infoSchema>;

export function readWorldInfo(folder: string): WorldInfo | undefined {
  try {
    return infoSchema.parse(JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

const keptSchema = z.object({ version: z.number().int(), scenario: z.string(), seed: z.number().int() });

const statePath = (folder: string): string => join(folder, 'state.json');

/** Whether anything is kept there; of a world that runs nobody needs to know more. */
export const hasKeptWorld = (folder: string): boolean => existsSync(statePath(folder));

/** What a world that has ended has kept of itself, to be started again from. */
export type KeptWorld = Pick<WorldInfo, 'scenario' | 'title' | 'seed'>;

/**
 * undefined where nothing is kept.
 * @throws DroverError `world-unusable` where no world of this Drover could go on from it
 */
export function readKeptWorld(folder: string): KeptWorld | undefined {
  if (!hasKeptWorld(folder)) return undefined;
  const kept = keptSchema.safeParse(parsed(readFileSync(statePath(folder), 'utf8')));
  if (!kept.success) throw unusable(folder, 'what it has kept is damaged and cannot be read');
  const { version, scenario, seed } = kept.data;
  if (version !== worldProtocol) {
    throw unusable(
      folder,
      `it was kept by a Drover that speaks version ${version} of the protocol, and this Drover speaks version ${worldProtocol}`,
    );
  }
  const title = keptTitle(folder) ?? builtInScenarios.find(({ name }) => name === scenario)?.title;
  if (title === undefined) throw unusable(folder, `this Drover has no scenario called ${scenario}`);
  return { scenario, title, seed };
}

/** Of the scenario that the world was made of, which it keeps. */
function keptTitle(folder: string): string | undefined {
  const path = join(folder, 'scenario.yaml');
  if (!existsSync(path)) return undefined;
  const read = readScenario(readFileSync(path, 'utf8'));
  return 'problems' in read ? undefined : read.file.title;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unusable(folder: string, cause: string): DroverError {
  return new DroverError({
    code: 'world-unusable',
    tried: `Go on with the simulated world in ${folder}`,
    cause,
    next: `Use the Drover that kept it, or remove ${folder}/state.json: it then begins anew`,
  });
}

export const worldLog = (folder: string): string => join(folder, 'world.log');

/** Chromium's own lines, where the desktop app is the world. */
const foreignLine = /^\[\d+:/;

/** The last line that the world's process has left in its log; undefined where there is none. */
export function lastWords(folder: string): string | undefined {
  try {
    const lines = readFileSync(worldLog(folder), 'utf8')
      .split('\n')
      .map((line) => line.trim());
    return lines.findLast((line) => line !== '' && !foreignLine.test(line));
  } catch {
    return undefined;
  }
}
