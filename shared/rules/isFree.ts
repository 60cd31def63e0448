import type { Host } from '../model/host.ts';
import type { Vm } from '../model/vm.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/** What every verb wants before it looks at the state: no other task, and a host that answers. */
export function isFree(vm: Vm, home: Host): Verdict {
  if (vm.heldBy !== undefined) {
    return refused(`Another task is working on ${vm.name}. Wait for it, or cancel it in Activity.`);
  }
  if (home.connection.state !== 'connected') {
    return refused(`${home.name}, where ${vm.name} is, does not answer. Reconnect it first.`);
  }
  return allowed;
}
