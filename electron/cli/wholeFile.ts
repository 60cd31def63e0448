import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { DroverError } from '#shared/contract/errors.ts';

/** A file that is there once it is whole, and not before: written beside its place, and put there at the end. */
export interface WholeFile {
  write(text: string): void;
  /** It takes the place of whatever had that name. */
  keep(): void;
  /** Nothing of it stays; after `keep` nothing happens. */
  drop(): void;
}

/** So much is gathered before it is written, characters. */
const chunk = 65_536;

/** @throws DroverError `input-unusable`, and while it is written `disk-full` */
export function openWholeFile(path: string): WholeFile {
  const beside = `${path}.${process.pid}.part`;
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (thrown) {
      throw asError(path, thrown);
    }
  };
  if (isFolder(path)) throw asError(path, new Error('that is a folder'));
  const file = attempt(() => openSync(beside, 'wx'));
  let waiting = '';
  let isOpen = true;
  const close = () => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  const flush = () => {
    if (waiting !== '') attempt(() => writeSync(file, waiting));
    waiting = '';
  };
  return {
    write(text) {
      waiting += text;
      if (waiting.length >= chunk) flush();
    },
    keep() {
      flush();
      close();
      attempt(() => renameSync(beside, path));
    },
    drop() {
      close();
      rmSync(beside, { force: true });
    },
  };
}

function isFolder(path: string): boolean {
  return path.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function asError(path: string, thrown: unknown): DroverError {
  const isFull = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC';
  return new DroverError({
    code: isFull ? 'disk-full' : 'input-unusable',
    tried: `Write ${path}`,
    cause: thrown instanceof Error ? thrown.message : String(thrown),
    next: isFull ? 'Make room, or choose another disk' : 'Check the folder and its rights',
    source: thrown,
  });
}
