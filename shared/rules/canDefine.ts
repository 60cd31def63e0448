import type { Host } from '../model/host.ts';
import type { Vm } from '../model/vm.ts';
import { canBeNamed } from './canRename.ts';
import { refused, type Verdict } from './verdict.ts';

/** Whether a host may get a new definition of this name and UUID; `vms` are those of its cluster. */
export function canDefine(
  definition: { readonly name: string; readonly uuid: string },
  host: Host,
  vms: readonly Vm[],
): Verdict {
  if (host.connection.state !== 'connected') {
    return refused(`${host.name} does not answer. Reconnect it first.`);
  }
  const same = vms.find((vm) => vm.uuid === definition.uuid.toLowerCase());
  if (same !== undefined) {
    return refused(
      `The UUID ${same.uuid} belongs to ${same.name}. Take the uuid out of the definition to get a new one.`,
      'already-exists',
    );
  }
  return canBeNamed(definition.name, vms);
}
