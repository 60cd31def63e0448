import type { Host } from '#shared/model/host.ts';
import type { Task, TaskState } from '#shared/model/task.ts';
import type { Vm, VmStateReason } from '#shared/model/vm.ts';
import type { Shape } from './StateChip.tsx';

export interface ShownState {
  readonly shape: Shape;
  readonly word: string;
  /** Why it is so, where that is known. */
  readonly detail?: string;
}

const reasons: Readonly<Record<VmStateReason, string | undefined>> = {
  unspecified: undefined,
  booted: 'it was started here',
  migrated: 'it was migrated here',
  restored: 'it was restored from a saved state',
  unpaused: 'it was resumed',
  'migration-cancelled': 'a migration of it was cancelled',
  user: 'an operator asked for it',
  migration: 'a migration stopped it and has not been resolved',
  saving: 'its state is being saved',
  'io-error': 'a disk of it failed',
  watchdog: 'its watchdog fired',
  'starting-up': 'it is starting up',
  'post-copy': 'its memory is still coming from the other host',
  'post-copy-failed': 'the link to the host that holds the rest of its memory was lost',
  crashed: 'it crashed',
  destroyed: 'it was switched off',
  shutdown: 'it shut down',
  failed: 'it could not be started',
  daemon: 'libvirt stopped it',
};

/** By the kind of task. */
const doings: Readonly<Record<string, string>> = {
  migration: 'Migrating',
  start: 'Starting',
  pause: 'Pausing',
  resume: 'Resuming',
  suspend: 'Suspending',
  restore: 'Restoring',
  discard: 'Discarding',
  'shut-down': 'Shutting down',
  'force-off': 'Forcing off',
  reboot: 'Rebooting',
  reset: 'Resetting',
};

/** What the state of a VM may be called, in lower case: what a filter may ask for. */
export const vmStateWords: readonly string[] = [
  'active',
  'paused',
  'suspended',
  'inactive',
  'unknown',
  'hangs',
  ...Object.values(doings).map((word) => word.toLowerCase()),
  'changing',
];

/** `doing`: the kind of the task that works on it, or the verb that was just asked for. */
export function vmState(vm: Vm, doing?: string): ShownState {
  const reason = reasons[vm.reason];
  const detail = reason === undefined ? {} : { detail: reason };
  if (doing !== undefined) return { shape: 'moving', word: doings[doing] ?? 'Changing', ...detail };
  switch (vm.state) {
    case 'active':
      return { shape: 'active', word: 'Active', ...detail };
    case 'paused':
      return { shape: 'paused', word: 'Paused', ...detail };
    case 'suspended':
      return { shape: 'suspended', word: 'Suspended', detail: 'its memory is saved on disk' };
    case 'inactive':
      return {
        shape: vm.reason === 'crashed' || vm.reason === 'failed' ? 'failed' : 'inactive',
        word: 'Inactive',
        ...detail,
      };
    case 'unknown':
      return { shape: 'unknown', word: 'Unknown', detail: 'no host that knows it answers' };
    default:
      return vm.state satisfies never;
  }
}

/** What the state of a host may be called, in lower case: what a filter may ask for. */
export const hostStateWords: readonly string[] = [
  'connected',
  'connecting',
  'unreachable',
  'needs attention',
  'declared dead',
  'power off',
  'switching on',
  'link cut',
  'slow link',
];

export function hostState(host: Host): ShownState {
  if (host.declaredDead) {
    return {
      shape: 'inactive',
      word: 'Declared dead',
      detail: 'an operator said that it is off and stays off',
    };
  }
  switch (host.connection.state) {
    case 'connected':
      return { shape: 'active', word: 'Connected' };
    case 'connecting':
      return { shape: 'moving', word: 'Connecting', detail: 'not heard from yet; what is shown is old' };
    case 'unreachable':
      return { shape: 'failed', word: 'Unreachable', detail: host.connection.error.message };
    case 'needs-attention':
      return { shape: 'attention', word: 'Needs attention', detail: host.connection.error.message };
    default:
      return host.connection satisfies never;
  }
}

const taskStates: Readonly<Record<TaskState, ShownState>> = {
  queued: { shape: 'inactive', word: 'Queued' },
  running: { shape: 'moving', word: 'Running' },
  cancelling: { shape: 'moving', word: 'Cancelling' },
  recovering: {
    shape: 'moving',
    word: 'Recovering',
    detail: 'Drover was interrupted and asks the hosts what happened',
  },
  undecided: {
    shape: 'unknown',
    word: 'Undecided',
    detail: 'only a host that does not answer knows how it ended',
  },
  succeeded: { shape: 'done', word: 'Done' },
  failed: { shape: 'failed', word: 'Failed' },
  cancelled: { shape: 'inactive', word: 'Cancelled' },
};

export function taskState(task: Task): ShownState {
  return taskStates[task.state];
}
