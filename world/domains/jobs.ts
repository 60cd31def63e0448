import type { Answer } from '../sessions/sessions.ts';
import { libvirtSays } from '../state/failures.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { freeName } from './instances.ts';

/** QEMU_JOB_WAIT_TIME of libvirt. */
const patienceMs = 30_000;

/** The long call that has a domain for itself just now. */
function heldBy({ instance }: DomainState): string | undefined {
  if (instance?.saving !== undefined) return 'remoteDispatchDomainManagedSave';
  if (instance?.restoring !== undefined) return 'remoteDispatchDomainCreate';
  if (instance?.outgoing !== undefined) return 'remoteDispatchDomainMigratePerform3Params';
  if (instance?.incoming !== undefined) return 'remoteDispatchDomainMigratePrepare3Params';
  return undefined;
}

/** As libvirt does with whatever changes a domain: it waits until its job is over, and not for ever. */
export function whenFree(
  world: World,
  host: HostState,
  domain: DomainState,
  procedure: string,
  answer: Answer<never>,
  run: () => void,
): void {
  const attempt = () => {
    try {
      run();
    } catch (thrown) {
      answer.fail(thrown);
    }
  };
  const holder = heldBy(domain);
  if (holder === undefined) return attempt();
  const takeTimer = world.after(patienceMs, () => {
    takeWait();
    answer.fail(
      libvirtSays(
        host.name,
        procedure,
        'operationTimeout',
        `Timed out during operation: cannot acquire state change lock (held by monitor=${holder})`,
      ),
    );
  });
  const { libvirtStarts } = host;
  const takeWait = world.await(freeName(host, domain.uuid), () => {
    takeTimer();
    // The daemon in which it waited is no more, and with it whoever wanted to know.
    if (!host.libvirtRuns || host.libvirtStarts !== libvirtStarts) return;
    whenFree(world, host, domain, procedure, answer, run);
  });
}
