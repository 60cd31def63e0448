import type { Host } from '../model/host.ts';
import type { Vm } from '../model/vm.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/** Whether what is known of a VM is what its host says now. Nothing is done to a VM by old news. */
export function heardFrom(vm: Vm, home: Host): Verdict {
  const { state } = home.connection;
  if (state === 'connecting') {
    return refused(
      `${home.name} has not been heard from yet, and ${vm.name} is shown as it was last known. Wait until ${home.name} answers.`,
    );
  }
  if (state !== 'connected') {
    return refused(`${home.name}, where ${vm.name} is, does not answer. Reconnect it first.`);
  }
  if (!vm.current) {
    return refused(`${home.name} is being asked how ${vm.name} is now. Wait a moment.`);
  }
  return allowed;
}
