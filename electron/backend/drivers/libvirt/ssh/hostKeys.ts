import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import constants from 'ssh2/lib/protocol/constants.js';
import { DroverError } from '#shared/contract/errors.ts';
import {
  fingerprintOf,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownHostLine,
  keyTypeOf,
  knownHostText,
  knownKeyTypes,
  parseKnownHosts,
} from './knownHosts.ts';
import { isMissing } from './sshConfig.ts';
import type { SshSurroundings } from './surroundings.ts';
import type { LoginTarget } from './target.ts';
import { formatCause } from './tellCause.ts';

/** Kinds of key, and the signature algorithms a host may prove them with, the best first. */
const ALGORITHMS_OF: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};

/** What this runtime's crypto can check, in the order OpenSSH prefers. */
export const offeredAlgorithms: readonly string[] = constants.DEFAULT_SERVER_HOST_KEY;
export const offeredKeyTypes: readonly string[] = [
  ...new Set(offeredAlgorithms.map((name) => (name.startsWith('rsa-') ? 'ssh-rsa' : name))),
];

export function algorithmsFor(keyType: string): readonly string[] {
  return (ALGORITHMS_OF[keyType] ?? [keyType]).filter((name) => offeredAlgorithms.includes(name));
}

/** Every algorithm offered, those of the kinds of key the host is known by first. */
export function algorithmOrder(lines: readonly KnownHostLine[], target: LoginTarget): readonly string[] {
  const known = knownKeyTypes(lines, target.keyName.host, target.keyName.port).flatMap(algorithmsFor);
  return [...new Set([...known, ...offeredAlgorithms])];
}

/** Every known line, of Drover's own file first. A file that is not there holds none. */
export async function readKnownHosts(
  target: LoginTarget,
  surroundings: SshSurroundings,
): Promise<readonly KnownHostLine[]> {
  const files = [surroundings.ownKnownHostsFile, ...target.userKnownHostsFiles];
  const lines = await Promise.all(files.map(readFileLines));
  return lines.flat();
}

async function readFileLines(file: string): Promise<readonly KnownHostLine[]> {
  try {
    return parseKnownHosts(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (isMissing(error)) return [];
    // Going on without it could turn a changed key into an unknown one.
    throw new DroverError({
      code: 'ssh-config-unusable',
      tried: `Read the known host keys in ${file}`,
      cause: formatCause(error),
      next: 'Give yourself the right to read that file',
      source: error,
    });
  }
}

const writing = new Map<string, Promise<void>>();

/** Adds an accepted key to Drover's own file: the whole file is written anew beside it and renamed over it. */
export async function recordHostKey(
  target: LoginTarget,
  key: Buffer,
  surroundings: SshSurroundings,
): Promise<void> {
  const file = surroundings.ownKnownHostsFile;
  const line = knownHostText(target.keyName.host, target.keyName.port, key);
  const before = writing.get(file) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(() => appendLine(file, line));
  writing.set(file, mine);
  try {
    await mine;
  } catch (error) {
    throw new DroverError({
      code: 'data-folder-unusable',
      tried: `Remember the key of ${target.name} in ${file}`,
      cause: formatCause(error),
      next: "Check the rights and the free space of Drover's data folder",
      source: error,
    });
  } finally {
    if (writing.get(file) === mine) writing.delete(file);
  }
}

async function appendLine(file: string, line: string): Promise<void> {
  const old = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });
  if (old.split(/\r?\n/).includes(line)) return;
  await mkdir(path.dirname(file), { recursive: true });
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(fresh, 'wx', 0o600);
    try {
      await handle.writeFile(`${old === '' || old.endsWith('\n') ? old : `${old}\n`}${line}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

export type HostKeyDecision =
  | { readonly kind: 'accept' /** The key is not on file yet. */; readonly record: boolean }
  | { readonly kind: 'ask' }
  /** Not the key that was given beforehand; the host may have others. */
  | { readonly kind: 'other-than-pinned' }
  | { readonly kind: 'refuse'; readonly error: DroverError };

/** What to do about a key a host presents, before anything secret is sent to it. */
export function decideHostKey(
  lines: readonly KnownHostLine[],
  target: LoginTarget,
  key: Buffer,
  pinned: string | undefined,
  tried: string,
): HostKeyDecision {
  const verdict = judgeHostKey(lines, { ...target.keyName, key, offeredKeyTypes });
  const fingerprint = fingerprintOf(key);
  const refuse = (
    code: 'host-key-changed' | 'host-key-revoked' | 'host-key-unknown',
    cause: string,
    next: string,
  ): HostKeyDecision => ({
    kind: 'refuse',
    error: new DroverError({ code, tried, cause, next, details: { fingerprint, keyType: keyTypeOf(key) } }),
  });
  switch (verdict.kind) {
    case 'revoked':
      return refuse(
        'host-key-revoked',
        `it showed the key ${fingerprint}, which ${where(verdict.line)} marks as revoked: whoever answers there must not be trusted`,
        'Have the host given a new key, and find out why this one was revoked',
      );
    case 'changed':
      return refuse('host-key-changed', changedCause(verdict, key, target), changedNext(verdict, target));
    case 'certificate-only':
      if (pinned !== undefined) break;
      return refuse(
        'host-key-unknown',
        `its key ${fingerprint} is vouched for only by a certificate authority (@cert-authority in ${where(verdict.line)}), and Drover cannot check host certificates`,
        `Compare the fingerprint with "ssh-keygen -lf" on the host, and accept exactly this key`,
      );
    case 'known':
      return pinned === undefined || pinned === fingerprint
        ? { kind: 'accept', record: false }
        : { kind: 'other-than-pinned' };
    case 'unknown':
      break;
    default:
      return verdict satisfies never;
  }
  if (pinned === undefined) return { kind: 'ask' };
  return pinned === fingerprint ? { kind: 'accept', record: true } : { kind: 'other-than-pinned' };
}

function changedCause(
  verdict: Extract<HostKeyVerdict, { kind: 'changed' }>,
  key: Buffer,
  target: LoginTarget,
): string {
  const old = verdict.lines
    .map((line) => `${line.keyType} ${fingerprintOf(line.key)} in ${where(line)}`)
    .join(' and ');
  return (
    `it showed the key ${keyTypeOf(key)} ${fingerprintOf(key)}, but is known by ${old}. Either ${target.name} was installed anew, ` +
    'or another machine now has its address, or somebody stands in between and would read and change everything sent'
  );
}

function changedNext(verdict: Extract<HostKeyVerdict, { kind: 'changed' }>, target: LoginTarget): string {
  const places = verdict.lines.map(where).join(' and ');
  return `Ask whoever runs ${target.name}. Only if the key was changed on purpose, remove ${places} and connect again`;
}

function where(line: KnownHostLine): string {
  return `line ${line.lineNumber} of ${line.file}`;
}
