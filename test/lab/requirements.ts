import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from './labError.ts';
import { tryProgram } from './runProgram.ts';

/** The Debian packages of packages.txt, without their comments. */
export async function neededPackages(): Promise<readonly string[]> {
  const text = await readFile(join(import.meta.dirname, 'packages.txt'), 'utf8');
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((name) => name !== '');
}

/**
 * Why a lab cannot be built on this machine, with what to do about it; undefined when it can. Tests skip for it, save
 * under CI=true, where a lab that cannot be had is a failure and never a silent gap.
 */
export async function whyNoLab(): Promise<string | undefined> {
  const reason = process.env.DROVER_LAB_UNAVAILABLE || (await whatIsMissing());
  if (reason !== undefined && process.env.CI === 'true' && process.env.VITEST !== undefined)
    throw new LabError(`Under CI=true the lab's tests must run, but: ${reason}`);
  return reason;
}

async function whatIsMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux')
    return 'A lab needs Linux: its hosts are network namespaces of one Linux machine.';
  if (process.getuid?.() !== 0)
    return 'A lab makes network namespaces, which needs root. Run the command with sudo.';
  const needed = await neededPackages();
  const asked = await tryProgram([
    'dpkg-query',
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\n',
    ...needed,
  ]).catch(() => undefined);
  if (!asked) return 'A lab takes its parts from Debian packages, and this machine has no dpkg-query.';
  const installed = new Set(
    asked.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  const missing = needed.filter((name) => !installed.has(name));
  if (missing.length === 0) return undefined;
  return `A lab needs Debian packages that are not installed. Run: apt-get install -y --no-install-recommends ${missing.join(' ')}`;
}

export async function requireParts(): Promise<void> {
  const reason = await whyNoLab();
  if (reason !== undefined) throw new LabError(reason);
}
