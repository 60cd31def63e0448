import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder in which this console's own worlds are kept, one folder each. */
export class WorldPlaces {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'worlds');
  }

  /** A name for a new world that neither a folder nor a key has yet; its folder is made and marked as unfinished. */
  reserve(
    name: string,
    isTaken: (key: string) => boolean,
  ): { readonly key: string; readonly folder: string } {
    const plain =
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 40) || 'world';
    for (let number = 1; ; number += 1) {
      const key = number === 1 ? plain : `${plain}-${number}`;
      const folder = join(this.#folder, key);
      if (isTaken(key) || existsSync(folder)) continue;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.mark(folder);
      return { key, folder };
    }
  }

  /** Being made or being removed: whoever finds it so after a crash takes it away. */
  mark(folder: string): void {
    writeFileSync(markOf(folder), '', { mode: 0o600 });
  }

  finished(folder: string): void {
    rmSync(markOf(folder), { force: true });
  }

  remove(folder: string): void {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Folders that a Drover was making or removing when it was ended. */
  unfinished(): readonly string[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .map((name) => join(this.#folder, name))
      .filter((folder) => existsSync(markOf(folder)));
  }
}

const markOf = (folder: string): string => join(folder, 'unfinished');
