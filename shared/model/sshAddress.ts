/**
 * Where a host is reached: `ssh://[user@]address[:port]`. The user and the port may be left to ~/.ssh/config.
 * An IPv6 address stands in brackets, as in any URL.
 */
export interface SshAddress {
  readonly user?: string;
  /** A name, an alias of ~/.ssh/config, or an IP address (IPv6 without brackets). */
  readonly host: string;
  readonly port?: number;
}

export type SshAddressResult =
  | { readonly ok: true; readonly address: SshAddress }
  | {
      readonly ok: false;
      readonly wrong: string;
      readonly next: string;
      /** Both, as two sentences. */
      readonly message: string;
    };

const EXAMPLE = 'Write it as ssh://user@address or ssh://user@address:port, for example ssh://root@10.0.0.5';
const SCHEME = 'ssh://';

/** Parses an address; a failure says what is wrong with this text and how to write it. Never repeats a password. */
export function parseSshAddress(text: string): SshAddressResult {
  const trimmed = text.trim();
  if (trimmed === '') return refuse('The address of the host is empty');
  if (trimmed.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return refuse(wrongScheme(trimmed));

  const rest = trimmed.slice(SCHEME.length).replace(/\/$/, '');
  if (/[/?#]/.test(rest))
    return refuse(`"${hidePassword(trimmed)}" has something after the address, and only a port may follow`);

  const at = rest.lastIndexOf('@');
  const user = at === -1 ? undefined : rest.slice(0, at);
  if (user?.includes(':')) {
    return refuse(
      'The address holds a password. Drover never keeps one in an address: leave it out, it is asked for when the host wants it',
    );
  }
  if (user === '') return refuse(`"${trimmed}" has nothing before the @`);
  if (user !== undefined && !isUserName(user))
    return refuse(`"${user}" cannot be a user name (blank or control character in it)`);
  return parseHostAndPort(rest.slice(at + 1), user);
}

/** The text that `parseSshAddress` reads back to the same address. */
export function formatSshAddress(address: SshAddress): string {
  const user = address.user === undefined ? '' : `${address.user}@`;
  return `${SCHEME}${user}${formatHostAndPort(address.host, address.port)}`;
}

/** `host`, `host:2222`, `[fe80::1]:22`. */
export function formatHostAndPort(host: string, port?: number): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return port === undefined ? bracketed : `${bracketed}:${port}`;
}

function parseHostAndPort(text: string, user: string | undefined): SshAddressResult {
  const bracketed = /^\[([^\]]*)\](.*)$/.exec(text);
  let host = text;
  let portText = '';
  if (bracketed) {
    host = bracketed[1] ?? '';
    portText = bracketed[2] ?? '';
    if (!/^[0-9a-f:.]+(%[\w.-]+)?$/i.test(host) || !host.includes(':')) {
      return refuse(`"[${host}]" is not an IPv6 address, and brackets are only for those`);
    }
    if (portText !== '' && !portText.startsWith(':'))
      return refuse(`"${portText}" after the brackets is not a port`);
  } else {
    const colons = text.split(':').length - 1;
    if (colons > 1)
      return refuse(`"${text}" looks like an IPv6 address, which must stand in brackets: [${text}]`);
    const colon = text.indexOf(':');
    if (colon !== -1) {
      host = text.slice(0, colon);
      portText = text.slice(colon);
    }
    if (host === '') return refuse('The address names no host');
    // A leading "-" would be read as an option by ssh itself if such a name ever reached a command line.
    if (!/^[^\s\p{Cc}[\]@:,;'"`$\\<>|&()-][^\s\p{Cc}[\]@:,;'"`$\\<>|&()]*$/u.test(host)) {
      return refuse(`"${host}" cannot be the name or address of a host`);
    }
  }
  const port = parsePort(portText);
  if (typeof port === 'string') return refuse(port);
  return {
    ok: true,
    address: {
      ...(user === undefined ? {} : { user }),
      host,
      ...(port === undefined ? {} : { port }),
    },
  };
}

/** The port, undefined when none is given, or what is wrong with it. */
function parsePort(text: string): number | undefined | string {
  if (text === '') return undefined;
  const digits = text.slice(1);
  if (digits === '') return 'There is a colon after the host but no port behind it';
  if (!/^\d{1,5}$/.test(digits)) return `"${digits}" is not a port, which is a number from 1 to 65535`;
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : `${digits} is not a port, which is a number from 1 to 65535`;
}

function isUserName(user: string): boolean {
  return !/[\s\p{Cc}@]/u.test(user) && !user.startsWith('-');
}

function wrongScheme(text: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  return scheme === undefined
    ? `"${hidePassword(text)}" does not begin with ssh://`
    : `"${scheme}://" is not how Drover reaches a host; it only speaks ssh://`;
}

/** The text without a password that somebody may have put into it. */
export function hidePassword(text: string): string {
  return text.replace(/^([^:@]*:\/\/)?([^:@]*):.*@/s, '$1$2:…@');
}

function refuse(what: string): SshAddressResult {
  return { ok: false, wrong: what, next: EXAMPLE, message: `${what}. ${EXAMPLE}.` };
}
