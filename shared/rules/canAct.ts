import type { Vm } from '../model/vm.ts';
import type { VmAction, VmVerb } from '../model/vmAction.ts';
import { canBeNamed } from './canRename.ts';
import { canResume } from './canResume.ts';
import { canInstantiate } from './canStart.ts';
import { isFree } from './isFree.ts';
import { isLeftByMigration } from './leftByMigration.ts';
import type { Surroundings } from './surroundings.ts';
import { legal, verbStates } from './verbStates.ts';
import { allowed, refused, type Verdict } from './verdict.ts';

/** Whether a verb may be used on a VM now: what greys its button, and what the backend refuses with. */
export function canAct(vm: Vm, action: VmAction, around: Surroundings): Verdict {
  const verdict = canUse(vm, action.verb, around);
  if (!verdict.allowed || action.verb !== 'rename') return verdict;
  return canBeNamed(action.name, around.vms, vm);
}

export function canUse(vm: Vm, verb: VmVerb, around: Surroundings): Verdict {
  const free = isFree(vm, around.home);
  if (!free.allowed) return free;
  if (vm.state === 'unknown') {
    return refused(`What ${vm.name} does is not known. Look at ${around.home.name} for it.`);
  }
  const said = verbStates[verb][vm.state];
  if (said !== legal) return refused(`${vm.name} ${said}`);
  return canUseInState(vm, verb, around);
}

/** The state is right; what else may stand in the way. */
function canUseInState(vm: Vm, verb: VmVerb, around: Surroundings): Verdict {
  switch (verb) {
    case 'start':
    case 'restore':
      return canInstantiate(vm, around);
    case 'resume':
      return canResumeHere(vm, around);
    case 'suspend':
      return canSuspend(vm);
    case 'rename':
    case 'undefine':
    case 'autostart':
      return keepsItsDefinition(vm, verb);
    case 'pause':
    case 'discard':
    case 'shut-down':
    case 'force-off':
    case 'reboot':
    case 'reset':
      return allowed;
    default:
      return verb satisfies never;
  }
}

function canResumeHere(vm: Vm, around: Surroundings): Verdict {
  if (vm.reason === 'crashed') {
    return refused(`${vm.name} crashed and was kept as it was. Look at its console, then force it off.`);
  }
  if (vm.reason === 'starting-up' || vm.reason === 'saving') {
    return refused(`${vm.name} is between two states just now. Wait until its host has finished.`);
  }
  return canResume(vm, around.home, around.others, around.askedHostIds);
}

function canSuspend(vm: Vm): Verdict {
  if (!vm.persistent) {
    return refused(
      `${vm.name} is defined only while it runs, so nothing would be left to restore it from. Shut it down instead.`,
    );
  }
  if (isLeftByMigration(vm)) {
    return refused(
      `${vm.name} was paused by a migration, or restored while paused, which libvirt does not tell apart. Resume it first, which asks the other hosts.`,
    );
  }
  if (vm.reason === 'crashed') {
    return refused(`${vm.name} crashed, so its memory is not worth keeping. Force it off.`);
  }
  return allowed;
}

function keepsItsDefinition(vm: Vm, verb: 'rename' | 'undefine' | 'autostart'): Verdict {
  if (!vm.persistent) {
    return refused(
      `${vm.name} is defined only while it runs, and goes when it ends. Define it on its host first.`,
    );
  }
  if (verb !== 'autostart' && vm.hasSnapshots) {
    const what = verb === 'rename' ? 'renames no VM' : 'removes no definition';
    return refused(`${vm.name} has snapshots, and libvirt ${what} with any. Delete them first.`);
  }
  return allowed;
}
