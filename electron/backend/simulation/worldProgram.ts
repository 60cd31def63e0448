import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DroverError } from '#shared/contract/errors.ts';
import { worldLog } from './worldFolder.ts';

/** The exit code of a world whose folder another one holds. */
const folderBusyCode = 3;
/** And of one that cannot be made of what it was given. */
const refusedCode = 2;

/** How a world's process is started on this machine; the words that name the world come behind `words`. */
export interface WorldProgram {
  readonly command: string;
  readonly words: readonly string[];
  /** Beside this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Real; a process that says nothing for so long hangs. 5 s unless given. */
  readonly hangsAfterMs?: number;
}

/** The program beside the backend's own file, or in the sources its source, run by the Node that runs this. */
export function nodeWorldProgram(): WorldProgram {
  const built = join(import.meta.dirname, 'world.js');
  const source = join(import.meta.dirname, '..', '..', '..', 'world', 'world.ts');
  const words = existsSync(built) ? [built] : ['--import', 'tsx', source];
  return { command: process.execPath, words, environment: {} };
}

export interface StartedWorld {
  readonly pid: number | undefined;
  /**
   * Resolves when the process has ended; never rejects. `isSecond`: because another one runs in that folder;
   * `isRefused`: because of its words or its scenario.
   */
  readonly ended: Promise<{ readonly how: string; readonly isSecond: boolean; readonly isRefused: boolean }>;
}

/** Starts it on its own, so that it outlives this process however that ends; what it says goes into `world.log`. */
export function startWorldProgram(
  program: WorldProgram,
  world: {
    readonly folder: string;
    /** Built in by its name, or the path of a file. */
    readonly scenario: string;
    readonly seed: number;
  },
): StartedWorld {
  const tried = `Start the simulated world in ${world.folder}`;
  let log: number;
  try {
    mkdirSync(world.folder, { recursive: true, mode: 0o700 });
    log = openSync(worldLog(world.folder), 'a', 0o600);
  } catch (thrown) {
    throw new DroverError({
      code: 'data-folder-unusable',
      tried,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      next: 'Check the rights and the room of that folder',
      source: thrown,
    });
  }
  const words = [
    ...program.words,
    '--folder',
    world.folder,
    '--scenario',
    world.scenario,
    '--seed',
    String(world.seed),
  ];
  const child = spawn(program.command, words, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...program.environment },
    windowsHide: true,
  });
  closeSync(log);
  const ended: StartedWorld['ended'] = new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ how: `it could not be started (${error.message})`, isSecond: false, isRefused: false });
    });
    child.once('exit', (code, signal) => {
      const how = signal === null ? `it ended with exit code ${code}` : `it ended by ${signal}`;
      resolve({ how, isSecond: code === folderBusyCode, isRefused: code === refusedCode });
    });
  });
  // Neither keeps this process alive: a command that is done ends, and the world goes on.
  child.unref();
  return { pid: child.pid, ended };
}
