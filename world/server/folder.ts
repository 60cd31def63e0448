import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import { type FolderLock, lockFolder } from '../../machine/folderLock.ts';
import { makePrivateFolder } from '../../machine/privateFolder.ts';
import { isPipe, socketPathOf } from '../../machine/socketPath.ts';
import type { ScenarioText } from '../scenario/openScenario.ts';
import type { LoadedTraces } from '../scenario/traces.ts';
import { traceSchema } from '../scenario/workload.ts';

const worldInfoSchema = z
  .object({
    pid: z.number().int(),
    protocol: z.number().int(),
    version: z.string(),
    socketPath: z.string(),
    scenario: z.string(),
    title: z.string(),
    seed: z.number().int(),
    startedAt: z.number(),
  })
  .readonly();

/** What a world says of itself in its folder, for who looks for it. Written once it answers. */
export type WorldInfo = z.infer<typeof worldInfoSchema>;

const lockPatienceMs = 200;
const names = {
  info: 'world.json',
  state: 'state.json',
  scenario: 'scenario.yaml',
  traces: 'traces.json',
  lock: 'world.db',
  log: 'world.log',
} as const;
const tracesSchema = z.record(z.string(), z.array(traceSchema));

/** Where one world is kept, held by one process at a time. */
export class WorldFolder {
  readonly path: string;
  readonly socketPath: string;
  readonly #lock: FolderLock;

  /** @throws DroverError `data-folder-busy` where another process has it, `data-folder-unusable` */
  constructor(folder: string) {
    this.path = resolve(folder);
    this.#lock = acquire(this.path);
    // Of one that was killed: nobody is to look for it any more.
    rmSync(join(this.path, names.info), { force: true });
    try {
      this.socketPath = openSocketPlace(this.path);
    } catch (thrown) {
      this.#lock.release();
      throw thrown;
    }
  }

  writeInfo(info: WorldInfo): void {
    this.#write(names.info, JSON.stringify(info));
  }

  /** The text as it was kept, or undefined where nothing was. */
  readState(): string | undefined {
    const path = join(this.path, names.state);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  /** What the world was made of; undefined of a new one. */
  readScenario(): ScenarioText | undefined {
    const path = join(this.path, names.scenario);
    if (!existsSync(path)) return undefined;
    const text = readFileSync(path, 'utf8');
    const tracesPath = join(this.path, names.traces);
    return {
      name: path,
      text,
      folder: this.path,
      ...(existsSync(tracesPath) ? { traces: this.#readTraces(tracesPath) } : {}),
    };
  }

  /** From now on the world needs neither the file it was made of nor the traces beside that. */
  keepScenario({ text }: ScenarioText, traces: LoadedTraces): void {
    if (existsSync(join(this.path, names.traces))) return;
    this.#write(names.scenario, text);
    this.#write(names.traces, JSON.stringify(traces));
  }

  #readTraces(path: string): LoadedTraces {
    try {
      return tracesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      throw new DroverError({
        code: 'world-unusable',
        tried: `Go on with the simulated cluster in ${this.path}`,
        cause: `the traces in ${path} are damaged and cannot be read`,
        next: 'Remove the folder and make the cluster anew',
      });
    }
  }

  writeState(text: string): void {
    this.#write(names.state, text);
  }

  /** Gives it back; with `forget` what was kept goes, too. */
  release(forget: boolean): void {
    rmSync(join(this.path, names.info), { force: true });
    if (forget) {
      for (const name of [names.state, names.scenario, names.traces]) {
        rmSync(join(this.path, name), { force: true });
      }
    }
    this.#lock.release();
    if (!forget) return;
    for (const name of [names.lock, names.log, 'socket']) {
      rmSync(join(this.path, name), { force: true, recursive: true });
    }
  }

  /** Whole or not at all. */
  #write(name: string, text: string): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function acquire(folder: string): FolderLock {
  const tried = `Start a simulated cluster in ${folder}`;
  let lock: FolderLock | undefined;
  try {
    lock = lockFolder(folder, names.lock, lockPatienceMs);
  } catch (thrown) {
    throw new DroverError({
      code: 'data-folder-unusable',
      tried,
      cause: thrown instanceof Error ? thrown.message : String(thrown),
      next: 'Check the rights and the room of that folder',
      source: thrown,
    });
  }
  if (lock !== undefined) return lock;
  throw new DroverError({
    code: 'data-folder-busy',
    tried,
    cause: `${runningThere(folder)} runs there already`,
    next: 'Use that one, or choose another folder',
  });
}

function runningThere(folder: string): string {
  try {
    const info = worldInfoSchema.parse(JSON.parse(readFileSync(join(folder, names.info), 'utf8')));
    return `a world (${info.title}, process ${info.pid})`;
  } catch {
    return 'another world';
  }
}

/** Where the world is to listen, in a folder that is this user's alone. */
function openSocketPlace(folder: string): string {
  const path = socketPathOf(folder, { program: 'drover-world', file: 'world.sock' });
  const against = isPipe(path) ? undefined : makePrivateFolder(dirname(path));
  if (against === undefined) return path;
  throw new DroverError({
    code: 'data-folder-unusable',
    tried: `Open a local socket in ${dirname(path)}`,
    cause: against,
    next: 'Remove it, or choose a data folder with a shorter path',
  });
}
