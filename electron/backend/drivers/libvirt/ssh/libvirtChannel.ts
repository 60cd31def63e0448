import type { Duplex } from 'node:stream';
import { DroverError } from '#shared/contract/errors.ts';
import type { CommandChannel, CommandEnd } from './channelStream.ts';
import type { SshConnection } from './connection.ts';
import { type Limits, within } from './deadline.ts';
import { askAboutLibvirt, type FailedRoute, type LibvirtHost, noWayToLibvirt } from './libvirtHost.ts';
import { proveLibvirt } from './libvirtProbe.ts';
import { quote } from './shell.ts';
import { formatCause } from './tellCause.ts';

/** The one daemon, then the modular one; both since libvirt 5.6 under /run. */
const SOCKET_PATHS = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'];
const PROOF_DEADLINE_MS = 10_000;
const END_DEADLINE_MS = 1_000;

export type LibvirtRoute =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string };

export interface LibvirtChannel {
  /** To libvirt, nothing said yet that the caller need know of. */
  readonly channel: Duplex;
  readonly route: LibvirtRoute;
}

export interface LibvirtChannelOptions extends Limits {
  readonly socketPaths?: readonly string[];
}

const remembered = new WeakMap<SshConnection, LibvirtRoute>();

/**
 * Opens one more channel to libvirt. The forwarded socket is tried first, since it needs nothing on the host; where
 * that is refused, commands that pass bytes on. What worked is tried first the next time.
 * @throws DroverError `libvirt-missing`, `libvirt-stopped`, `libvirt-no-rights` or `libvirt-refused`, naming all that
 *   was tried and why each failed; `connection-lost` and `cancelled` as they come
 */
export async function openLibvirtChannel(
  connection: SshConnection,
  options: LibvirtChannelOptions = {},
): Promise<LibvirtChannel> {
  const socketPaths = options.socketPaths ?? SOCKET_PATHS;
  const failed: FailedRoute[] = [];
  const known = remembered.get(connection);
  const sockets = socketPaths.map((path): LibvirtRoute => ({ kind: 'socket', path }));
  for (const route of known === undefined
    ? sockets
    : [known, ...sockets.filter((each) => !isSame(each, known))]) {
    const channel = await tryRoute(connection, route, options, failed);
    if (channel !== undefined) return channel;
  }
  remembered.delete(connection);
  const host = await askAboutLibvirt(connection, socketPaths, limitsOf(options));
  for (const route of commandRoutes(host)) {
    const channel = await tryRoute(connection, route, options, failed);
    if (channel !== undefined) return channel;
  }
  throw noWayToLibvirt(connection, host, failed);
}

async function tryRoute(
  connection: SshConnection,
  route: LibvirtRoute,
  options: LibvirtChannelOptions,
  failed: FailedRoute[],
): Promise<LibvirtChannel | undefined> {
  try {
    const channel = await openRoute(connection, route, options);
    remembered.set(connection, route);
    return { channel, route };
  } catch (error) {
    const ends = connection.closeReason ?? (options.signal?.aborted ? error : undefined);
    if (ends !== undefined) throw ends;
    failed.push(describeFailure(route, error));
    return undefined;
  }
}

async function openRoute(
  connection: SshConnection,
  route: LibvirtRoute,
  options: LibvirtChannelOptions,
): Promise<Duplex> {
  switch (route.kind) {
    case 'socket':
      return connection.openUnixSocket(route.path, limitsOf(options));
    case 'command':
      return openCommandRoute(connection, route.command, options);
    default:
      return route satisfies never;
  }
}

async function openCommandRoute(
  connection: SshConnection,
  command: string,
  options: LibvirtChannelOptions,
): Promise<Duplex> {
  const channel = await connection.openCommand(command, limitsOf(options));
  try {
    const limits = { deadlineMs: options.deadlineMs ?? PROOF_DEADLINE_MS, signal: options.signal };
    await within(
      limits,
      `Reach libvirt by "${command}"`,
      () => proveLibvirt(channel),
      () => {},
    );
  } catch (error) {
    // A command that ended by itself says why on standard error, just after its output has ended.
    const end = await endSoon(channel);
    channel.destroy();
    if (end === undefined || end.stderr.trim() === '') throw error;
    throw new Error(`${end.stderr.trim().split('\n').at(-1)} (exit code ${end.code})`, { cause: error });
  }
  return channel;
}

function endSoon(channel: CommandChannel): Promise<CommandEnd | undefined> {
  const limits = { deadlineMs: END_DEADLINE_MS, signal: undefined };
  return within(
    limits,
    'Hear why a command ended',
    () => channel.ended,
    () => {},
  ).catch(() => undefined);
}

/** Commands that can pass bytes between the channel and a socket that is there, best first. */
function commandRoutes(host: LibvirtHost): readonly LibvirtRoute[] {
  const usable = host.sockets.filter((socket) => socket.usable).map((socket) => socket.path);
  const commands = [
    ...(host.programs.has('virt-ssh-helper') ? ["virt-ssh-helper 'qemu:///system'"] : []),
    // netcat-openbsd needs -N, or it stays when the other side has gone; nmap's goes by itself and knows no -N.
    ...(host.programs.has('nc')
      ? usable.flatMap((path) => [`nc -N -U ${quote(path)}`, `nc -U ${quote(path)}`])
      : []),
    ...(host.programs.has('socat') ? usable.map((path) => `socat - UNIX-CONNECT:${quote(path)}`) : []),
  ];
  return commands.map((command) => ({ kind: 'command', command }));
}

function describeFailure(route: LibvirtRoute, error: unknown): FailedRoute {
  const name = route.kind === 'socket' ? `the socket ${route.path}` : `the command "${route.command}"`;
  if (error instanceof DroverError && typeof error.details?.hostSaid === 'string') {
    return { name, reason: error.details.hostSaid };
  }
  return { name, reason: formatCause(error) };
}

function limitsOf(options: LibvirtChannelOptions): Limits {
  return {
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

function isSame(one: LibvirtRoute, other: LibvirtRoute): boolean {
  return routeText(one) === routeText(other);
}

function routeText(route: LibvirtRoute): string {
  return route.kind === 'socket' ? route.path : route.command;
}
