import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHostLine {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly names: KnownHostNames;
  readonly keyType: string;
  /** The key's own bytes, as the host presents it. */
  readonly key: Buffer;
  readonly file: string;
  /** Counted from 1. */
  readonly lineNumber: number;
}

type KnownHostNames =
  | { readonly kind: 'patterns'; readonly patterns: readonly string[] }
  | { readonly kind: 'hashed'; readonly salt: Buffer; readonly hash: Buffer };

export type HostKeyVerdict =
  | { readonly kind: 'known'; readonly line: KnownHostLine }
  | {
      readonly kind: 'unknown' /** Kinds of key it is known by that Drover cannot ask for. */;
      readonly otherKeyTypes: readonly string[];
    }
  | { readonly kind: 'changed'; readonly lines: readonly KnownHostLine[] }
  | { readonly kind: 'revoked'; readonly line: KnownHostLine }
  | { readonly kind: 'certificate-only'; readonly line: KnownHostLine };

/** Reads a file's text. Lines that cannot be read are skipped, as OpenSSH does: one bad line must not lock every host out. */
export function parseKnownHosts(text: string, file: string): readonly KnownHostLine[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const parsed = parseLine(line.trim(), file, index + 1);
    return parsed === undefined ? [] : [parsed];
  });
}

function parseLine(line: string, file: string, lineNumber: number): KnownHostLine | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const fields = line.split(/[ \t]+/);
  const marker = parseMarker(fields[0]);
  if (marker === undefined) return undefined;
  const [nameField, keyType, keyText] = marker === 'none' ? fields : fields.slice(1);
  if (nameField === undefined || keyType === undefined || keyText === undefined) return undefined;
  const key = Buffer.from(keyText, 'base64');
  // The key's first field repeats its type; where it does not, the line is damaged.
  if (keyTypeOf(key) !== keyType) return undefined;
  const names = parseNames(nameField);
  return names === undefined ? undefined : { marker, names, keyType, key, file, lineNumber };
}

function parseMarker(field: string | undefined): KnownHostLine['marker'] | undefined {
  if (field === undefined || !field.startsWith('@')) return 'none';
  if (field === '@revoked') return 'revoked';
  return field === '@cert-authority' ? 'cert-authority' : undefined;
}

function parseNames(field: string): KnownHostNames | undefined {
  if (!field.startsWith('|')) return { kind: 'patterns', patterns: field.toLowerCase().split(',') };
  const [, version, saltText, hashText] = field.split('|');
  if (version !== '1' || saltText === undefined || hashText === undefined) return undefined;
  const hash = Buffer.from(hashText, 'base64');
  return hash.length === 20 ? { kind: 'hashed', salt: Buffer.from(saltText, 'base64'), hash } : undefined;
}

/** The name a host is filed under: the bare name on port 22, else `[name]:port`. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

export function matchesName(line: KnownHostLine, name: string): boolean {
  const wanted = name.toLowerCase();
  if (line.names.kind === 'hashed') {
    return timingSafeEqual(createHmac('sha1', line.names.salt).update(wanted).digest(), line.names.hash);
  }
  let matched = false;
  for (const pattern of line.names.patterns) {
    const negated = pattern.startsWith('!');
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, wanted)) continue;
    // A negated match excludes the line, whatever else on it matches.
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`).test(name);
}

export interface HostKeyToJudge {
  readonly host: string;
  readonly port: number;
  readonly key: Buffer;
  /** Kinds of key this login offered to accept; a host known by one of these was asked to show it first. */
  readonly offeredKeyTypes: readonly string[];
}

/** What the known lines say about a key that a host has just presented. */
export function judgeHostKey(lines: readonly KnownHostLine[], presented: HostKeyToJudge): HostKeyVerdict {
  const name = knownHostName(presented.host, presented.port);
  const matching = lines.filter((line) => matchesName(line, name));
  // A key revoked under the bare name is revoked on every port.
  const bareName = knownHostName(presented.host, 22);
  const revoked = lines.find(
    (line) =>
      line.marker === 'revoked' &&
      line.key.equals(presented.key) &&
      (matchesName(line, name) || matchesName(line, bareName)),
  );
  if (revoked) return { kind: 'revoked', line: revoked };

  const plain = matching.filter((line) => line.marker === 'none');
  const same = plain.find((line) => line.key.equals(presented.key)) ?? bareNameMatch(lines, presented);
  if (same) return { kind: 'known', line: same };

  // The host was asked for its known kinds of key first. That it shows another kind instead is a change too: were it
  // only asked about as new, anybody could stand in for a known host with a kind of key not yet on file.
  const promised = plain.filter((line) => presented.offeredKeyTypes.includes(line.keyType));
  if (promised.length > 0) return { kind: 'changed', lines: promised };

  const authority = matching.find((line) => line.marker === 'cert-authority');
  if (authority && plain.length === 0) return { kind: 'certificate-only', line: authority };
  return { kind: 'unknown', otherKeyTypes: [...new Set(plain.map((line) => line.keyType))] };
}

/** As OpenSSH does: on another port, the same key filed under the bare name is good too; a different one says nothing. */
function bareNameMatch(
  lines: readonly KnownHostLine[],
  presented: HostKeyToJudge,
): KnownHostLine | undefined {
  if (presented.port === 22) return undefined;
  return lines.find(
    (line) =>
      line.marker === 'none' &&
      line.key.equals(presented.key) &&
      matchesName(line, knownHostName(presented.host, 22)),
  );
}

/** Kinds of key the host is known by, in the order they stand in the files. */
export function knownKeyTypes(
  lines: readonly KnownHostLine[],
  host: string,
  port: number,
): readonly string[] {
  const names =
    port === 22 ? [knownHostName(host, 22)] : [knownHostName(host, port), knownHostName(host, 22)];
  for (const name of names) {
    const types = lines
      .filter((line) => line.marker === 'none' && matchesName(line, name))
      .map((line) => line.keyType);
    if (types.length > 0) return [...new Set(types)];
  }
  return [];
}

/** `SHA256:...` without padding, as ssh-keygen and sshd print it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type in a key's own bytes (RFC 4253, 6.6); empty when these are not a key. */
export function keyTypeOf(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? '' : key.toString('latin1', 4, 4 + length);
}

/** The line that records a key. */
export function knownHostText(host: string, port: number, key: Buffer): string {
  return `${knownHostName(host, port)} ${keyTypeOf(key)} ${key.toString('base64')}`;
}
