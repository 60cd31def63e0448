import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { MigrationOptions } from '#shared/model/migration.ts';
import type { Vm } from '#shared/model/vm.ts';
import { canMigrate } from '#shared/rules/canMigrate.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';

export const usualOptions: MigrationOptions = { copyStorage: false, autoConverge: false, postCopy: false };

/**
 * Whether the migrate dialog is worth opening: yes where any host may take the VM, or where hosts differ in why they
 * may not, so that the reasons can be read there. The backend answers with the claims of running tasks as well.
 */
export function canMigrateSomewhere(vm: Vm, hosts: ReadonlyMap<HostId, Host>): Verdict {
  const from = hosts.get(vm.hostId);
  if (from === undefined) return refused(`The host of ${vm.name} is not known. Reconnect it first.`);
  const others = [...hosts.values()].filter(
    (host) => host.id !== vm.hostId && host.clusterId === vm.clusterId,
  );
  if (others.length === 0) {
    return refused(
      `${from.name} is the only host of its cluster. Add another to it, then ${vm.name} can be migrated.`,
    );
  }
  const verdicts = others.map((to) => canMigrate(vm, from, to, usualOptions, 0));
  const [first] = verdicts;
  if (first === undefined || first.allowed) return allowed;
  const same = verdicts.every((verdict) => !verdict.allowed && verdict.reason === first.reason);
  return same ? first : allowed;
}
