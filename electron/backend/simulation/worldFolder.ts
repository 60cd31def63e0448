import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

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
