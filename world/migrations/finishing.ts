import { notValid, type OfInstance, runningIn } from '../domains/find.ts';
import { wakeGuest } from '../domains/guest.ts';
import { endInstance, setInstanceState } from '../domains/instances.ts';
import { noiseBetween, streamOf } from '../physics/random.ts';
import { guestStarted } from '../physics/transfer.ts';
import type { Answer } from '../sessions/sessions.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { cookieOf } from './cookie.ts';
import { handedName } from './endings.ts';
import { isInPostCopy, transferBy, waitNames } from './find.ts';
import { countEnds } from './flows.ts';
import { goOnWithoutConsole } from './holding.ts';
import { take } from './transferring.ts';

const procedure = 'domainMigrateFinish3Params';
/** libvirt and QEMU, from the word to the first instruction. Milliseconds. */
const startTakes = { least: 8, most: 20 } as const;

type Finished = { readonly cookie: string };

/** Starts the guest here, once all of it has arrived, or takes the waiting QEMU away. */
export function finish(
  world: World,
  host: HostState,
  input: { readonly uuid: string; readonly cancelled: boolean },
  answer: Answer<Finished>,
): void {
  const domain = host.domains[input.uuid];
  const instance = domain?.instance;
  const incoming = instance?.incoming;
  if (domain === undefined || instance === undefined) {
    throw libvirtSays(host.name, procedure, 'noDomain', `no domain with matching uuid '${input.uuid}'`);
  }
  if (incoming === undefined) {
    throw notValid(
      host,
      procedure,
      `domain '${domain.definition.name}' is not processing incoming migration`,
    );
  }
  if (input.cancelled) {
    endInstance(world, host, domain, 'failed');
    return answer.ok({ cookie: '' });
  }
  world.await(waitNames.finish(host.name, instance.run), (outcome) => {
    if (outcome.ok) answer.ok({ cookie: cookieOf(host, domain) });
    else answer.fail(outcome.error);
  });
  if (incoming.finishing) return goOnWithoutConsole(world, domain.uuid);
  incoming.finishing = true;
  const transfer = transferBy(world, incoming.transfer);
  if (transfer !== undefined && isHandedOver(transfer.model.phase))
    return start(world, host, domain, instance);
  // libvirt waits here, too, for what has not arrived yet.
  world.await(handedName({ to: host.name, uuid: domain.uuid }), (outcome) => {
    if (outcome.ok) start(world, host, domain, instance);
  });
}

function isHandedOver(phase: string): boolean {
  return phase === 'handed-over' || phase === 'post-copy' || phase === 'post-copy-paused';
}

function start(world: World, host: HostState, domain: DomainState, instance: InstanceState): void {
  const stream = streamOf(world.state.seed, `${domain.uuid} starts`);
  const takesMs = noiseBetween(stream, instance.run, startTakes.least, startTakes.most);
  world.schedule(takesMs, { kind: 'arrived', host: host.name, uuid: domain.uuid, run: instance.run });
}

/** It executes here from now on, and is defined here. */
export function arrived(world: World, event: OfInstance): void {
  const { host, domain, instance } = runningIn(world, event) ?? {};
  const transfer = transferBy(world, instance?.incoming?.transfer);
  if (host === undefined || domain === undefined || transfer === undefined) return;
  if (instance?.incoming === undefined) return;
  const { startsActive } = instance.incoming;
  const inPostCopy = isInPostCopy(transfer);
  if (inPostCopy) goOnWithoutConsole(world, domain.uuid);
  domain.persistent = true;
  domain.arrivedAt = world.now;
  delete domain.nextDefinition;
  setInstanceState(
    world,
    host,
    domain,
    instance,
    startsActive ? 'active' : 'paused',
    startsActive ? (inPostCopy ? 'post-copy' : 'migrated') : 'user',
  );
  if (startsActive) wakeGuest(world, host, domain, instance);
  countEnds(world, transfer);
  take(world, transfer, guestStarted(transfer.model, world.now));
}
