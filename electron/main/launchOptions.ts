import { join, resolve } from 'node:path';
import { defaultDataFolder } from '../backend/dataFolder.ts';

export interface LaunchOptions {
  /** Journal, history, own known hosts; one owner at a time. */
  readonly dataFolder: string;
  /** Chromium's profile and the shell's two files. The single-instance lock is on it, so on the data folder. */
  readonly desktopFolder: string;
}

/** Reads `--data DIR` or `--data=DIR`, wherever it stands; Chromium's own switches are none of ours. */
export function launchOptions(
  words: readonly string[],
  workingFolder: string,
  otherwise: string = defaultDataFolder(),
): LaunchOptions {
  const dataFolder = resolve(workingFolder, namedFolder(words) ?? otherwise);
  return { dataFolder, desktopFolder: join(dataFolder, 'desktop') };
}

function namedFolder(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (word.startsWith('--data=') && word.length > '--data='.length) return word.slice('--data='.length);
    const next = words[index + 1];
    if (word === '--data' && next !== undefined && next !== '' && !next.startsWith('--')) return next;
  }
  return undefined;
}
