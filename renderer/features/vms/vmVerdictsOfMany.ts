import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmVerb } from '#shared/model/vmAction.ts';
import { canUse } from '#shared/rules/canAct.ts';
import { type Surroundings, surroundingsOf } from '#shared/rules/surroundings.ts';
import { refused, type Verdict } from '#shared/rules/verdict.ts';

interface Known {
  readonly hosts: ReadonlyMap<HostId, Host>;
  readonly vms: ReadonlyMap<unknown, Vm>;
}

/**
 * Whether a verb may be used on each of many VMs, in turn: what the ones before it take of their host's memory is no
 * longer there for the next. Surroundings are those of a host, and made out once for each.
 */
export function verdictsOfMany(
  vms: readonly Vm[],
  verb: VmVerb,
  { hosts, vms: all }: Known,
): readonly Verdict[] {
  const byHost = new Map<HostId, Surroundings | undefined>();
  const promisedMiB = new Map<HostId, number>();
  const takesMemory = verb === 'start' || verb === 'restore';
  return vms.map((vm) => {
    if (!byHost.has(vm.hostId)) {
      byHost.set(vm.hostId, surroundingsOf(vm, { hosts: hosts.values(), vms: all.values() }));
    }
    const around = byHost.get(vm.hostId);
    if (around === undefined) return refused(`The host of ${vm.name} is not known. Reconnect it first.`);
    const claimedMemoryMiB = promisedMiB.get(vm.hostId) ?? 0;
    const verdict = canUse(vm, verb, { ...around, claimedMemoryMiB });
    if (verdict.allowed && takesMemory) promisedMiB.set(vm.hostId, claimedMemoryMiB + vm.memoryMiB);
    return verdict;
  });
}
