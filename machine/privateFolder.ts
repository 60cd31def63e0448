import { lstatSync, mkdirSync } from 'node:fs';

/** Makes a folder that only this user may enter; says what stands against it where somebody else was there first. */
export function makePrivateFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
  return whyNotPrivate(path);
}

/** Whoever may write to the folder above may have put something there: why it is not this user's alone, if it is not. */
export function whyNotPrivate(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return 'there is no folder';
  if (process.getuid !== undefined && found.uid !== process.getuid())
    return 'that folder belongs to somebody else';
  return (found.mode & 0o077) === 0 ? undefined : 'others may enter that folder';
}
