import type { Host } from '../model/host.ts';
import type { Vm } from '../model/vm.ts';
import { heardFrom } from './heardFrom.ts';
import { refused, type Verdict } from './verdict.ts';

/** What every verb wants before it looks at the state: no other task, and a host that has said how the VM is. */
export function isFree(vm: Vm, home: Host): Verdict {
  if (vm.heldBy !== undefined) {
    return refused(`Another task is working on ${vm.name}. Wait for it, or cancel it in Activity.`);
  }
  return heardFrom(vm, home);
}
