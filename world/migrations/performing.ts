import { notValid, requireDomain, requireInstance } from '../domains/find.ts';
import { setInstanceState } from '../domains/instances.ts';
import { reach } from '../hosts/path.ts';
import { resumePostCopy } from '../physics/transfer.ts';
import type { Answer } from '../sessions/sessions.ts';
import type { DomainState, HostState, InstanceState, OutgoingJob } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { connect, targetOf } from './connecting.ts';
import { cookieOf } from './cookie.ts';
import { performFailed } from './endings.ts';
import { destinationOf, transferBy, waitNames } from './find.ts';
import { shareLinks } from './flows.ts';
import { goOnWithoutConsole, waitForConsole } from './holding.ts';
import { take } from './transferring.ts';

const procedure = 'domainMigratePerform3Params';

type Performed = { readonly cookie: string };

/** Answers when the guest has left, or in post-copy when it has switched. */
export function perform(
  world: World,
  host: HostState,
  input: { readonly uuid: string; readonly uri: string; readonly resume: boolean },
  answer: Answer<Performed>,
): void {
  const domain = requireDomain(host, input.uuid, procedure);
  const instance = requireInstance(host, domain, procedure);
  const { outgoing } = instance;
  if (outgoing === undefined) {
    throw notValid(
      host,
      procedure,
      `domain '${domain.definition.name}' is not processing outgoing migration`,
    );
  }
  if (input.resume) return performAgain(world, host, domain, instance, outgoing, input.uri, answer);
  if (outgoing.phase !== 'begun') throw notValid(host, procedure, 'migration is already in progress');
  outgoing.uri = input.uri;
  outgoing.phase = 'connecting';
  goOnWithoutConsole(world, domain.uuid);
  world.await(waitNames.perform(host.name, instance.run), (outcome) => {
    if (outcome.ok) answer.ok({ cookie: cookieOf(host, domain) });
    else answer.fail(outcome.error);
  });
  connect(world, host, domain, instance);
}

/** The two ends of a broken post-copy are joined anew. */
function performAgain(
  world: World,
  host: HostState,
  domain: DomainState,
  instance: InstanceState,
  outgoing: OutgoingJob,
  uri: string,
  answer: Answer<Performed>,
): void {
  const transfer = transferBy(world, outgoing.transfer);
  if (transfer === undefined)
    throw notValid(host, procedure, 'there is nothing of a post-copy migration left');
  if (transfer.model.phase !== 'post-copy-paused') {
    throw notValid(host, procedure, 'QEMU reports migration is still running');
  }
  const target = targetOf(world, uri);
  const destination = destinationOf(world, transfer);
  if (target === undefined || destination === undefined || !reach(world, host, target.host)) {
    const at = uri.replace(/^tcp:\/\//, '');
    throw notValid(host, procedure, `unable to connect to server at '${at}': No route to host`);
  }
  delete transfer.stalledSince;
  setInstanceState(world, host, domain, instance, 'paused', 'post-copy');
  setInstanceState(world, destination.host, destination.domain, destination.instance, 'active', 'post-copy');
  take(world, transfer, resumePostCopy(transfer.model, world.now));
  shareLinks(world, transfer.from, transfer.to);
  waitForConsole(world, domain.uuid, outgoing.session, destination.instance.incoming?.session);
  answer.ok({ cookie: cookieOf(host, domain) });
}

/** The operator's word, or a restart of libvirt's: the guest goes on here. */
export function endPerforming(world: World, host: HostState, domain: DomainState, text: string): void {
  const { instance } = domain;
  if (instance?.outgoing === undefined) return;
  goOnWithoutConsole(world, domain.uuid);
  performFailed(world, { host, domain, instance }, text);
}
