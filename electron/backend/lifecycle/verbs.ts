import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import type { VmVerb } from '#shared/model/vmAction.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { LifecycleArguments } from './lifecycleArguments.ts';

/** What a look at the domain tells; undefined where the host has no such domain. */
export interface Seen {
  readonly state: VmState;
  readonly reason: VmStateReason;
  /** Only where the verb needs a whole description. */
  readonly name?: string;
  readonly autostart?: boolean;
}

/** A verb that is one call, and is done when its host shows it. */
export interface PlainVerb {
  readonly kind: 'plain';
  readonly title: (input: LifecycleArguments) => string;
  /** Why, beside the title, in the plan. */
  readonly reason: string;
  /** The other hosts are asked first, since it makes the VM execute. */
  readonly asksOthers?: true;
  readonly needsDescription?: true;
  readonly call: (driver: HostDriver, input: LifecycleArguments) => Promise<void>;
  /** Whether it has happened, as far as can be seen. */
  readonly isDone: (seen: Seen | undefined, input: LifecycleArguments) => boolean;
  readonly outcome: (input: LifecycleArguments, seen: Seen | undefined) => string;
}

/** A verb with a file of its own in steps/: it waits, tells how far it is, and can be cancelled meanwhile. */
export interface LongVerb {
  readonly kind: 'long';
  readonly title: (input: LifecycleArguments) => string;
  readonly reason: string;
}

const isIn =
  (state: VmState) =>
  (seen: Seen | undefined): boolean =>
    seen?.state === state;

/** A transient domain goes when it ends. */
export const isOff = (seen: Seen | undefined): boolean => seen === undefined || seen.state === 'inactive';

const runs = ({ vmName, hostName }: LifecycleArguments): string => `${vmName} runs on ${hostName}.`;
const isNow =
  (what: string) =>
  ({ vmName, hostName }: LifecycleArguments) =>
    `${vmName} is ${what} on ${hostName}.`;

export const verbs: Readonly<Record<VmVerb, PlainVerb | LongVerb>> = {
  start: {
    kind: 'plain',
    title: ({ vmName, hostName }) => `Start ${vmName} on ${hostName}`,
    reason: 'it is inactive',
    asksOthers: true,
    call: (driver, { uuid }) => driver.domains.start(uuid),
    isDone: isIn('active'),
    outcome: runs,
  },
  pause: {
    kind: 'plain',
    title: ({ vmName }) => `Pause ${vmName}`,
    reason: 'its memory stays on the host, and it does not execute until it is resumed',
    call: (driver, { uuid }) => driver.domains.pause(uuid),
    isDone: isIn('paused'),
    outcome: isNow('paused'),
  },
  resume: {
    kind: 'plain',
    title: ({ vmName, hostName }) => `Resume ${vmName} on ${hostName}`,
    reason: 'it is paused',
    asksOthers: true,
    call: (driver, { uuid }) => driver.domains.resume(uuid),
    isDone: isIn('active'),
    outcome: runs,
  },
  suspend: {
    kind: 'long',
    title: ({ vmName }) => `Suspend ${vmName} to disk`,
    reason: "its memory is written to its host's disk, and it goes on from there when it is restored",
  },
  restore: {
    kind: 'plain',
    title: ({ vmName, hostName }) => `Restore ${vmName} on ${hostName}`,
    reason: 'its memory is saved there',
    asksOthers: true,
    call: (driver, { uuid }) => driver.domains.start(uuid),
    // One that was paused when it was suspended comes back paused; while its memory is read it is so, too.
    isDone: (seen) => seen?.state === 'active' || (seen?.state === 'paused' && seen.reason !== 'starting-up'),
    outcome: restored,
  },
  discard: {
    kind: 'plain',
    title: ({ vmName }) => `Discard the saved memory of ${vmName}`,
    reason: 'it is then inactive, as if its plug had been pulled when it was suspended',
    call: (driver, { uuid }) => driver.domains.discardSaved(uuid),
    isDone: isIn('inactive'),
    outcome: ({ vmName }) => `${vmName} is inactive; its saved memory is gone.`,
  },
  'shut-down': {
    kind: 'long',
    title: ({ vmName }) => `Shut down ${vmName}`,
    reason: 'its guest is asked by the power button',
  },
  'force-off': {
    kind: 'plain',
    title: ({ vmName }) => `Force off ${vmName}`,
    reason: 'its plug is pulled; the guest is not asked',
    call: (driver, { uuid }) => driver.domains.destroy(uuid),
    isDone: isOff,
    outcome: ({ vmName }) => `${vmName} was forced off.`,
  },
  reboot: {
    kind: 'long',
    title: ({ vmName }) => `Reboot ${vmName}`,
    reason: 'its guest is asked to start anew',
  },
  reset: {
    kind: 'plain',
    title: ({ vmName }) => `Reset ${vmName}`,
    reason: 'its reset button is pressed; the guest is not asked',
    call: (driver, { uuid }) => driver.domains.reset(uuid),
    // It looks the same before and after: only the answer of the call tells.
    isDone: () => false,
    outcome: ({ vmName, hostName }) => `${vmName} was reset and starts anew on ${hostName}.`,
  },
  rename: {
    kind: 'plain',
    title: (input) => `Rename ${input.vmName} to ${newName(input)}`,
    reason: 'it is inactive, so its host can give it another name',
    needsDescription: true,
    call: (driver, input) => driver.domains.rename(input.uuid, newName(input)),
    isDone: (seen, input) => seen?.name === newName(input),
    outcome: (input) => `${input.vmName} is called ${newName(input)} now.`,
  },
  autostart: {
    kind: 'plain',
    title: (input) =>
      wantsAutostart(input)
        ? `Let ${input.vmName} start with ${input.hostName}`
        : `Keep ${input.vmName} from starting with ${input.hostName}`,
    reason: 'as its host boots, libvirt starts what is marked so',
    needsDescription: true,
    call: (driver, input) => driver.domains.setAutostart(input.uuid, wantsAutostart(input)),
    isDone: (seen, input) => seen?.autostart === wantsAutostart(input),
    outcome: (input) =>
      `${input.vmName} ${wantsAutostart(input) ? 'starts' : 'does not start'} with ${input.hostName}.`,
  },
  undefine: {
    kind: 'plain',
    title: ({ vmName, hostName }) => `Undefine ${vmName} on ${hostName}`,
    reason: 'its definition goes, and what was saved of its memory; its disks stay',
    call: (driver, { uuid }) => driver.domains.undefine(uuid),
    isDone: (seen) => seen === undefined,
    outcome: ({ vmName, hostName }) => `${hostName} does not know ${vmName} any more. Its disks are left.`,
  },
};

export function titleOf(input: LifecycleArguments): string {
  return verbs[input.action.verb].title(input);
}

function restored({ vmName, hostName }: LifecycleArguments, seen: Seen | undefined): string {
  if (seen?.state === 'paused') return `${vmName} is back on ${hostName}, paused as it was when suspended.`;
  // libvirt drops a save that was never finished, and starts from the disk instead.
  return seen?.reason === 'booted'
    ? `${vmName} was started anew on ${hostName}: libvirt found its saved memory unusable.`
    : `${vmName} goes on where it was suspended, on ${hostName}.`;
}

function newName({ action }: LifecycleArguments): string {
  return action.verb === 'rename' ? action.name : '';
}

function wantsAutostart({ action }: LifecycleArguments): boolean {
  return action.verb === 'autostart' && action.on;
}
