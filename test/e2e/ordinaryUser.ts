import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's account that owns nothing: what an operator's own account is to root. */
const nobody = { uid: 65_534, gid: 65_534 };

export interface OrdinaryUser {
  readonly uid: number;
  /** Theirs alone, and empty at first. */
  readonly home: string;
  /** Nothing of ours but the display. */
  readonly environment: Readonly<Record<string, string>>;
  /** A program that is `program` run by this user. */
  as(program: string): Promise<string>;
  /** A copy that this user may read, as one's own keys are. */
  give(file: string, name: string): Promise<string>;
  leave(): Promise<void>;
}

/** Whoever runs the tests, unless that is root: then somebody else, since root has no Chromium sandbox. */
export async function ordinaryUser(): Promise<OrdinaryUser> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-e2e-user-'));
  const isRoot = process.getuid?.() === 0;
  const { uid, gid } = isRoot ? nobody : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const home = join(folder, 'home');
  await chmod(folder, 0o755);
  await mkdir(home, { mode: 0o700 });
  await chown(home, uid, gid);
  const give = async (file: string, name: string): Promise<string> => {
    const copy = join(home, name);
    await copyFile(file, copy);
    await chmod(copy, 0o600);
    await chown(copy, uid, gid);
    return copy;
  };
  const environment: Record<string, string> = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    DISPLAY: process.env['DISPLAY'] ?? '',
  };
  const { XAUTHORITY } = process.env;
  if (XAUTHORITY !== undefined) environment['XAUTHORITY'] = await give(XAUTHORITY, '.Xauthority');
  return {
    uid,
    home,
    environment,
    give,
    async as(program) {
      if (!isRoot) return program;
      const launcher = join(folder, 'launch');
      await writeFile(
        launcher,
        `#!/bin/sh\nexec setpriv --reuid=${uid} --regid=${gid} --clear-groups -- '${program}' "$@"\n`,
        { mode: 0o755 },
      );
      return launcher;
    },
    async leave() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
