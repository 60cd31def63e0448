import type { WorldDomain, WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import { notValid } from '../domains/find.ts';
import { beginInstance } from '../domains/instances.ts';
import { checkNeeds } from '../domains/requirements.ts';
import { migrationPorts } from '../hosts/telling.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { noteDisks } from '../storage/disks.ts';
import { cookieOf, readCookie } from './cookie.ts';
import { waitForConsole } from './holding.ts';

const procedure = 'domainMigratePrepare3Params';

export interface PrepareInput {
  readonly settings: WorldMigrationSettings;
  readonly cookie: string;
  readonly domain: WorldDomain;
}

/** A QEMU that waits for a guest. It goes with the session that asked for it, until it is told to start. */
export function prepare(
  world: World,
  host: HostState,
  input: PrepareInput,
  session: string,
): { readonly cookie: string; readonly uri: string } {
  const { settings, domain: arriving } = input;
  const known = host.domains[arriving.uuid];
  if (settings.resumePostCopy) return prepareAgain(world, host, known, input, session);
  checkIdentity(host, known, input);
  checkHost(world, host, input);
  checkNeeds(world, host, arriving, procedure);
  const port = freePort(host);
  const {
    uuid,
    state,
    reason: _reason,
    persistent: _persistent,
    autostart,
    hasSnapshots: _,
    ...definition
  } = arriving;
  const domain: DomainState = known ?? {
    uuid,
    definition,
    persistent: false,
    autostart,
    endedBy: 'unspecified',
  };
  if (known !== undefined) domain.nextDefinition = known.definition;
  domain.definition = definition;
  host.domains[uuid] = domain;
  noteDisks(world, host, definition);
  const instance = beginInstance(world, host, domain, {
    state: 'paused',
    reason: 'migration',
    guest: { bootedAt: world.now, phase: 'up', hung: false },
  });
  instance.incoming = {
    session,
    port,
    startedAt: world.now,
    settings,
    finishing: false,
    startsActive: state === 'active',
  };
  waitForConsole(world, uuid, session);
  return { cookie: cookieOf(host, domain), uri: uriOf(world, host, port) };
}

function prepareAgain(
  world: World,
  host: HostState,
  known: DomainState | undefined,
  { domain }: PrepareInput,
  session: string,
): { readonly cookie: string; readonly uri: string } {
  const incoming = known?.instance?.incoming;
  if (known === undefined || incoming === undefined || known.instance?.reason !== 'post-copy-failed') {
    throw notValid(host, procedure, `migration of domain ${domain.name} is not in post-copy phase`);
  }
  incoming.session = session;
  waitForConsole(world, known.uuid, session);
  return { cookie: cookieOf(host, known), uri: uriOf(world, host, incoming.port) };
}

function uriOf(world: World, host: HostState, port: number): string {
  return `tcp://${world.facts(host).address}:${port}`;
}

function checkIdentity(host: HostState, known: DomainState | undefined, { domain, cookie }: PrepareInput) {
  if (readCookie(cookie)?.host === host.name) {
    throw libvirtSays(
      host.name,
      procedure,
      'internalError',
      `internal error: Attempt to migrate guest to the same host ${host.name}`,
    );
  }
  if (known?.instance !== undefined) {
    throw notValid(host, procedure, `domain is already active as '${known.definition.name}'`);
  }
  if (known !== undefined && known.definition.name !== domain.name) {
    throw failed(host, `domain '${known.definition.name}' is already defined with uuid ${known.uuid}`);
  }
  const namesake = Object.values(host.domains).find(({ definition }) => definition.name === domain.name);
  if (namesake !== undefined && namesake.uuid !== domain.uuid) {
    throw failed(host, `domain '${domain.name}' already exists with uuid ${namesake.uuid}`);
  }
}

/** A guest keeps what its CPU could do when it was started. */
function checkHost(world: World, host: HostState, { domain, cookie }: PrepareInput): void {
  const facts = world.facts(host);
  const from = world.index.hosts.get(readCookie(cookie)?.host ?? '');
  const missing = (from?.cpuFlags ?? []).filter((flag) => !facts.cpuFlags.includes(flag));
  if (missing.length > 0) {
    throw libvirtSays(
      host.name,
      procedure,
      'cpuIncompatible',
      `the CPU is incompatible with host CPU: missing features: ${missing.join(',')}`,
    );
  }
  if (!facts.machineTypes.includes(domain.machine)) {
    throw libvirtSays(
      host.name,
      procedure,
      'configUnsupported',
      `unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support machine type '${domain.machine}'`,
    );
  }
}

function freePort(host: HostState): number {
  const taken = new Set(Object.values(host.domains).map(({ instance }) => instance?.incoming?.port));
  for (let port = migrationPorts.first; port <= migrationPorts.last; port += 1) {
    if (!taken.has(port)) return port;
  }
  throw libvirtSays(
    host.name,
    procedure,
    'internalError',
    `internal error: Unable to find an unused port in range 'migration' (${migrationPorts.first}-${migrationPorts.last})`,
  );
}

function failed(host: HostState, text: string) {
  return libvirtSays(host.name, procedure, 'operationFailed', `operation failed: ${text}`);
}
