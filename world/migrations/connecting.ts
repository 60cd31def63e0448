import { type OfInstance, runningIn } from '../domains/find.ts';
import { reach } from '../hosts/path.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { performFailed } from './endings.ts';
import { beginSending } from './sending.ts';

/** Linux gives up to connect after sending six times (tcp_syn_retries). */
const connectGivesUpMs = 127_000;

/** The source's QEMU, or libvirt for it, connects to where the destination said that it listens. */
export function connect(world: World, host: HostState, domain: DomainState, instance: InstanceState): void {
  const source = { host: host.name, uuid: domain.uuid, run: instance.run };
  world.schedule(connectGivesUpMs, { kind: 'connect-timeout', ...source });
  tryToConnect(world, source);
}

/** Nothing comes back from a host that is cut off or dead; from one that does not listen comes a no. */
export function tryToConnect(world: World, source: OfInstance): void {
  const { host, domain, instance } = runningIn(world, source) ?? {};
  const { uri, phase } = instance?.outgoing ?? {};
  if (host === undefined || domain === undefined || instance === undefined) return;
  if (phase !== 'connecting' || uri === undefined) return;
  const target = targetOf(world, uri);
  if (target === undefined) return fail(world, host, domain, instance, 'No route to host');
  if (!reach(world, host, target.host)) return;
  const there = target.host.domains[domain.uuid]?.instance;
  if (there?.incoming?.port !== target.port) return fail(world, host, domain, instance, 'Connection refused');
  beginSending(world, { host, domain, instance }, target.host, there);
}

export function connectTimeout(world: World, source: OfInstance): void {
  const { host, domain, instance } = runningIn(world, source) ?? {};
  if (host === undefined || domain === undefined || instance?.outgoing?.phase !== 'connecting') return;
  fail(world, host, domain, instance, 'Connection timed out');
}

/** Something gets through to this host again. */
export function retryConnecting(world: World, host: HostState): void {
  for (const source of world.hosts()) {
    if (!reach(world, source, host)) continue;
    for (const { uuid, instance } of Object.values(source.domains)) {
      if (instance?.outgoing?.phase !== 'connecting') continue;
      const heardAt = Math.max(world.now, source.resumesAt, host.resumesAt);
      world.schedule(heardAt - world.now, {
        kind: 'connect',
        host: source.name,
        uuid,
        run: instance.run,
      });
    }
  }
}

export function targetOf(
  world: World,
  uri: string,
): { readonly host: HostState; readonly port: number } | undefined {
  const [, address, port] = /^tcp:\/\/([^:/]+)(?::(\d+))?$/.exec(uri) ?? [];
  const host = hostAt(world, address);
  return host === undefined ? undefined : { host, port: Number(port ?? 0) };
}

export function hostAt(world: World, address: string | undefined): HostState | undefined {
  const facts = world.index.addresses.get(address ?? '');
  return facts === undefined ? undefined : world.host(facts.name);
}

function fail(
  world: World,
  host: HostState,
  domain: DomainState,
  instance: InstanceState,
  why: string,
): void {
  const at = (instance.outgoing?.uri ?? '').replace(/^tcp:\/\//, '');
  performFailed(world, { host, domain, instance }, `unable to connect to server at '${at}': ${why}`);
}
