import type { WorldDomain, WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import { describe } from '../domains/describe.ts';
import { notValid, requireDomain, requireInstance } from '../domains/find.ts';
import { whenFree } from '../domains/jobs.ts';
import type { Answer } from '../sessions/sessions.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { writtenFiles } from '../storage/disks.ts';
import { placeOf } from '../storage/stores.ts';
import { cookieOf } from './cookie.ts';
import { waitForConsole } from './holding.ts';

const procedure = 'domainMigrateBegin3Params';
const safeCaches = ['none', 'directsync'];

type Begun = { readonly cookie: string; readonly domain: WorldDomain };

/** The source notes that it is to be migrated by this session, and gives what the destination has to know. */
export function begin(
  world: World,
  host: HostState,
  input: { readonly uuid: string; readonly settings: WorldMigrationSettings },
  session: string,
  answer: Answer<Begun>,
): void {
  const { uuid, settings } = input;
  const domain = requireDomain(host, uuid, procedure);
  if (settings.resumePostCopy) return answer.ok(beginAgain(world, host, domain, session));
  whenFree(world, host, domain, procedure, answer, () => {
    const instance = requireInstance(host, domain, procedure);
    if (!settings.unsafe) checkSafe(world, host, domain, settings);
    instance.outgoing = {
      session,
      phase: 'begun',
      startedAt: world.now,
      settings,
      wasActive: instance.state === 'active',
    };
    waitForConsole(world, uuid, session);
    answer.ok({ cookie: cookieOf(host, domain), domain: describe(domain) });
  });
}

/** What has stopped in post-copy is taken up by another session. */
function beginAgain(world: World, host: HostState, domain: DomainState, session: string): Begun {
  const instance = requireInstance(host, domain, procedure);
  if (instance.outgoing === undefined || instance.reason !== 'post-copy-failed') {
    throw notValid(
      host,
      procedure,
      `migration of domain ${domain.definition.name} is not in post-copy phase`,
    );
  }
  instance.outgoing.session = session;
  waitForConsole(world, domain.uuid, session);
  return { cookie: cookieOf(host, domain), domain: describe(domain) };
}

/** What two hosts write, or one caches, may be torn apart (qemuMigrationSrcIsSafe). */
function checkSafe(
  world: World,
  host: HostState,
  domain: DomainState,
  settings: WorldMigrationSettings,
): void {
  const written = writtenFiles(domain);
  for (const { target, source, cache, shareable } of domain.definition.disks) {
    if (source === undefined || shareable || !written.includes(source)) continue;
    if (settings.copyStorage !== 'none' && settings.copyDisks.includes(target)) continue;
    if (placeOf(world, host.name, source)?.pool.shared !== true) {
      throw unsafe(host, 'Migration without shared storage is unsafe');
    }
    if (!safeCaches.includes(cache)) {
      throw unsafe(
        host,
        'Migration may lead to data corruption if disks use cache other than none or directsync',
      );
    }
  }
}

function unsafe(host: HostState, why: string) {
  return libvirtSays(host.name, procedure, 'migrateUnsafe', `Unsafe migration: ${why}`);
}
