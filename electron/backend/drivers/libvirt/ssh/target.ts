import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { DroverError } from '#shared/contract/errors.ts';
import { formatHostAndPort, parseSshAddress, type SshAddress } from '#shared/model/sshAddress.ts';
import { expandHome, readSshConfig, type SshConfigSettings } from './sshConfig.ts';
import type { SshSurroundings } from './surroundings.ts';

/** One login, fully worked out from the operator's address and ~/.ssh/config. */
export interface LoginTarget {
  /** As the operator, or a ProxyJump line, named it. */
  readonly name: string;
  /** What is connected to. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** What its key is filed under in known_hosts. */
  readonly keyName: { readonly host: string; readonly port: number };
  /** From the configuration, in order. Empty: the default ones. */
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Socket or pipe of the agent, `pageant`, or undefined for none. */
  readonly agent: string | undefined;
  /** In place of the surroundings' files, when ~/.ssh/config names some. */
  readonly userKnownHostsFiles: readonly string[];
}

const MAX_HOPS = 8;

/** The logins to make, the jump hosts first and the host itself last. */
export async function resolveTargets(
  address: SshAddress,
  surroundings: SshSurroundings,
): Promise<readonly [...LoginTarget[], LoginTarget]> {
  return resolveChain(address, surroundings, []);
}

async function resolveChain(
  address: SshAddress,
  surroundings: SshSurroundings,
  seen: readonly string[],
): Promise<readonly [...LoginTarget[], LoginTarget]> {
  if (seen.includes(address.host) || seen.length >= MAX_HOPS) {
    throw configError(
      surroundings,
      seen[0] ?? address.host,
      `its ProxyJump lines lead in a circle: ${[...seen, address.host].join(' → ')}`,
    );
  }
  const settings = await readSshConfig(surroundings, address.host, address.user);
  const target = toTarget(address, settings, surroundings);
  const jumps = parseJumps(settings, address.host, surroundings);
  const [first, ...later] = jumps;
  if (first === undefined) return [target];
  // As OpenSSH does: only the first hop may need hops of its own to be reached; the others are reached from it.
  const hops = [...(await resolveChain(first, surroundings, [...seen, address.host]))];
  for (const jump of later) {
    hops.push(toTarget(jump, await readSshConfig(surroundings, jump.host, jump.user), surroundings));
  }
  return [...hops, target];
}

function parseJumps(
  settings: SshConfigSettings,
  host: string,
  surroundings: SshSurroundings,
): readonly SshAddress[] {
  const jumpText = settings.proxyJump;
  if (jumpText === undefined) {
    if (settings.proxyCommand === undefined || /^none$/i.test(settings.proxyCommand)) return [];
    throw configError(
      surroundings,
      host,
      'it is reached by a ProxyCommand, which Drover does not run',
      'Reach it by a ProxyJump line instead',
    );
  }
  if (/^none$/i.test(jumpText)) return [];
  return jumpText.split(',').map((text) => {
    const each = text.trim();
    const parsed = parseSshAddress(each.includes('://') ? each : `ssh://${each}`);
    if (parsed.ok) return parsed.address;
    throw configError(surroundings, host, `its ProxyJump "${each}" is not an address. ${parsed.message}`);
  });
}

function toTarget(
  address: SshAddress,
  settings: SshConfigSettings,
  surroundings: SshSurroundings,
): LoginTarget {
  const port = address.port ?? parseConfiguredPort(settings.port, address.host, surroundings);
  const user = address.user ?? settings.user ?? surroundings.localUser;
  if (user === '') {
    throw new DroverError({
      code: 'address-unusable',
      tried: `Log in to ${address.host}`,
      cause: 'neither the address nor ~/.ssh/config names a user, and the local user has no name',
      next: 'Put the user in the address: ssh://user@address',
    });
  }
  // In HostName only %h and %% stand for something (ssh_config(5), TOKENS).
  const host = expandTokens(settings.hostName ?? address.host, { h: address.host });
  const tokens = tokensFor(address.host, host, port, user, surroundings);
  const expand = (text: string): string =>
    expandHome(expandTokens(expandVariables(text, surroundings), tokens), surroundings.homeFolder);
  return {
    name: address.host,
    host,
    port,
    user,
    keyName: settings.hostKeyAlias === undefined ? { host, port } : { host: settings.hostKeyAlias, port: 22 },
    identityFiles: settings.identityFiles.filter((file) => !/^none$/i.test(file)).map(expand),
    identitiesOnly: settings.identitiesOnly,
    agent: agentOf(settings.identityAgent, expand, surroundings),
    userKnownHostsFiles: settings.userKnownHostsFiles?.map(expand) ?? surroundings.userKnownHostsFiles,
  };
}

function agentOf(
  configured: string | undefined,
  expand: (text: string) => string,
  surroundings: SshSurroundings,
): string | undefined {
  const fromEnvironment = surroundings.environment.SSH_AUTH_SOCK;
  if (configured !== undefined) {
    if (/^none$/i.test(configured)) return undefined;
    if (configured === 'SSH_AUTH_SOCK') return fromEnvironment;
    if (/^\$[A-Za-z_]\w*$/.test(configured)) return surroundings.environment[configured.slice(1)];
    return expand(configured);
  }
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  return surroundings.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
}

function parseConfiguredPort(text: string | undefined, host: string, surroundings: SshSurroundings): number {
  if (text === undefined) return 22;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw configError(surroundings, host, `its Port "${text}" is not a number from 1 to 65535`);
}

type Tokens = Readonly<Record<string, string>>;

function tokensFor(
  original: string,
  host: string,
  port: number,
  user: string,
  surroundings: SshSurroundings,
): Tokens {
  const local = hostname();
  return {
    h: host,
    n: original,
    k: original,
    p: String(port),
    r: user,
    u: surroundings.localUser,
    d: surroundings.homeFolder,
    l: local,
    L: local.split('.')[0] ?? local,
    i: String(process.getuid?.() ?? 0),
    C: createHash('sha1').update(`${local}${host}${port}${user}`).digest('hex'),
  };
}

/** `%x` for the tokens given and `%%`; others stay as they are. */
export function expandTokens(text: string, tokens: Tokens): string {
  return text.replace(/%(.)/g, (whole, letter: string) => (letter === '%' ? '%' : (tokens[letter] ?? whole)));
}

function expandVariables(text: string, surroundings: SshSurroundings): string {
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => surroundings.environment[name] ?? whole);
}

/** `user@host:port`, for people. */
export function describeTarget(target: LoginTarget): string {
  return `${target.user}@${formatHostAndPort(target.host, target.port)}`;
}

function configError(surroundings: SshSurroundings, host: string, cause: string, next?: string): DroverError {
  return new DroverError({
    code: 'ssh-config-unusable',
    tried: `Read what ${surroundings.configFile} says about ${host}`,
    cause,
    next: next ?? 'Correct that file and try again',
  });
}
