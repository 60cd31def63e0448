import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ParsedKey } from 'ssh2';
import { DroverError } from '#shared/contract/errors.ts';
import { fingerprintOf } from './knownHosts.ts';
import { askForSecret, type SshPrompter, type SshQuestion } from './prompter.ts';
import type { SecretKey, SecretMemory } from './secretMemory.ts';
import { utils } from './ssh2Library.ts';
import { expandHome, isMissing } from './sshConfig.ts';
import type { SshSurroundings } from './surroundings.ts';
import type { LoginTarget } from './target.ts';
import { createTogether } from './together.ts';

/** A key file that may be tried. */
export interface KeyFile {
  readonly path: string;
  /** Known without a passphrase, except for old formats that come without a `.pub` beside them. */
  readonly publicKey: ParsedKey | undefined;
  /** The private key's text, possibly encrypted; undefined when the file holds only the public half. */
  readonly privateText: string | undefined;
}

export interface KeyFiles {
  readonly files: readonly KeyFile[];
  /** Files that were named but cannot be used, with the reason: part of the error should the login be refused. */
  readonly unusable: readonly string[];
}

const DEFAULT_NAMES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * The key files for a login, in the order to try: those given for this host, then those of ~/.ssh/config, or else the
 * default ones.
 * @throws DroverError `key-file-unusable` when a file given for this host is missing or is no key
 */
export async function findKeyFiles(
  target: LoginTarget,
  given: readonly string[],
  surroundings: SshSurroundings,
): Promise<KeyFiles> {
  const files = new Map<string, KeyFile>();
  const unusable: string[] = [];
  for (const file of given) {
    const read = await readKeyFile(path.resolve(expandHome(file, surroundings.homeFolder)));
    if (typeof read === 'string') {
      throw new DroverError({
        code: 'key-file-unusable',
        tried: `Use the key file ${file} for ${target.name}`,
        cause: read,
        next: 'Name the private key file, such as ~/.ssh/id_ed25519',
      });
    }
    files.set(read.path, read);
  }
  const configured = target.identityFiles.length > 0;
  const others = configured
    ? target.identityFiles
    : DEFAULT_NAMES.map((name) => path.join(surroundings.homeFolder, '.ssh', name));
  for (const file of others) {
    const read = await readKeyFile(path.resolve(file));
    if (typeof read !== 'string') files.set(read.path, files.get(read.path) ?? read);
    else if (configured || read !== MISSING) unusable.push(`key ${file} (${read})`);
  }
  return { files: [...files.values()], unusable };
}

const MISSING = 'there is no such file';

/** The key file, or why it cannot be used. */
async function readKeyFile(file: string): Promise<KeyFile | string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return isMissing(error)
      ? MISSING
      : `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const parsed = parseKeyText(text);
  if (!(parsed instanceof Error)) {
    return { path: file, publicKey: parsed, privateText: parsed.isPrivateKey() ? text : undefined };
  }
  if (!needsPassphrase(parsed)) return `Drover cannot read its format (${parsed.message})`;
  return {
    path: file,
    publicKey: publicPartOf(text) ?? (await readPublicFile(`${file}.pub`)),
    privateText: text,
  };
}

/** The public half stands unencrypted at the head of an OpenSSH private key (openssh PROTOCOL.key). */
function publicPartOf(text: string): ParsedKey | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, 'base64');
  let position = 'openssh-key-v1\0'.length;
  const next = (): Buffer | undefined => {
    if (position + 4 > data.length) return undefined;
    const length = data.readUInt32BE(position);
    position += 4 + length;
    return position <= data.length ? data.subarray(position - length, position) : undefined;
  };
  // Cipher, key derivation, its options, the number of keys (a plain number), then the public key.
  for (let field = 0; field < 3; field += 1) if (next() === undefined) return undefined;
  position += 4;
  const blob = next();
  const parsed = blob === undefined ? undefined : parseKeyText(blob);
  return parsed instanceof Error ? undefined : parsed;
}

async function readPublicFile(file: string): Promise<ParsedKey | undefined> {
  try {
    const parsed = parseKeyText(await readFile(file, 'utf8'));
    return parsed instanceof Error ? undefined : parsed;
  } catch {
    // It is only a help; without it the passphrase is asked for earlier.
    return undefined;
  }
}

function parseKeyText(text: string | Buffer, passphrase?: string): ParsedKey | Error {
  // The library's types promise one key; for some formats it gives a list of one.
  const parsed: ParsedKey | ParsedKey[] | Error = utils.parseKey(text, passphrase);
  if (!Array.isArray(parsed)) return parsed;
  return parsed[0] ?? new Error('the file holds no key');
}

function needsPassphrase(error: Error): boolean {
  return /no passphrase given/i.test(error.message);
}

export interface Unlocking {
  readonly secrets: SecretMemory;
  /** Absent: nobody to ask. */
  readonly prompter: SshPrompter | undefined;
  readonly question: Pick<SshQuestion, 'host' | 'address'>;
  readonly signal: AbortSignal;
}

export type Unlocked =
  | { readonly kind: 'open'; readonly key: ParsedKey }
  | { readonly kind: 'locked'; readonly reason: 'nobody to ask' | 'declined' | 'wrong passphrase' }
  | { readonly kind: 'public-only' };

const MAX_ATTEMPTS = 3;
const unlockTogether = createTogether<Unlocked>();
/** Unlocking takes a third of a second of pure computing, which a reconnect should not spend again. */
const openKeys = new WeakMap<
  SecretMemory,
  Map<string, { readonly privateText: string; readonly key: ParsedKey }>
>();

/** The private key of a file, asking for its passphrase where it has one. */
export async function unlock(file: KeyFile, unlocking: Unlocking): Promise<Unlocked> {
  const { privateText } = file;
  if (privateText === undefined) return { kind: 'public-only' };
  const open = parseKeyText(privateText);
  if (!(open instanceof Error)) return { kind: 'open', key: open };
  return unlockTogether(unlocking.secrets, file.path, () =>
    unlockEncrypted(file.path, privateText, unlocking),
  );
}

async function unlockEncrypted(file: string, privateText: string, unlocking: Unlocking): Promise<Unlocked> {
  const secretKey: SecretKey = `passphrase:${file}`;
  const { secrets, prompter } = unlocking;
  const remembered = secrets.recall(secretKey);
  if (remembered !== undefined) {
    const cached = openKeys.get(secrets)?.get(file);
    if (cached?.privateText === privateText) return { kind: 'open', key: cached.key };
    const key = parseKeyText(privateText, remembered);
    if (!(key instanceof Error)) return keepOpen(secrets, file, privateText, key);
    secrets.forget(secretKey);
  }
  if (prompter === undefined) return { kind: 'locked', reason: 'nobody to ask' };
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const again = attempt === 1 ? '' : 'That passphrase does not open it. ';
    const passphrase = await askForSecret(
      prompter,
      {
        ...unlocking.question,
        kind: 'passphrase',
        keyFile: file,
        attempt,
        text: `${again}Passphrase of the key ${file}`,
      },
      unlocking.signal,
    );
    if (passphrase === undefined) return { kind: 'locked', reason: 'declined' };
    const key = parseKeyText(privateText, passphrase);
    if (!(key instanceof Error)) {
      secrets.remember(secretKey, passphrase);
      return keepOpen(secrets, file, privateText, key);
    }
  }
  return { kind: 'locked', reason: 'wrong passphrase' };
}

function keepOpen(secrets: SecretMemory, file: string, privateText: string, key: ParsedKey): Unlocked {
  const open = openKeys.get(secrets) ?? new Map();
  openKeys.set(secrets, open.set(file, { privateText, key }));
  return { kind: 'open', key };
}

/** `ssh-ed25519 SHA256:...` */
export function describeKey(key: ParsedKey): string {
  return `${key.type} ${fingerprintOf(key.getPublicSSH())}`;
}
