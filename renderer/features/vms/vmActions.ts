import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { Vm } from '#shared/model/vm.ts';
import { type VmAction, type VmVerb, vmActionSchema } from '#shared/model/vmAction.ts';
import { canUse } from '#shared/rules/canAct.ts';
import { surroundingsOf } from '#shared/rules/surroundings.ts';
import { legal, verbStates } from '#shared/rules/verbStates.ts';
import { allowed, refused, type Verdict } from '#shared/rules/verdict.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { navigate } from '../../ui/hashLocation.ts';
import { consoleHref } from '../consoles/consoleAddress.ts';
import { type DialogRequest, openDialog } from '../dialogs.ts';
import { orderVm } from './vmOrders.ts';
import { canMigrateSomewhere } from './vmVerdicts.ts';

export type VmActionId = VmVerb | 'migrate' | 'console';

/** One thing to do with a VM, as every menu, button and palette offers it. */
export interface VmActionEntry {
  readonly id: VmActionId;
  /** A move between the four states, work within one, or a change of what it is. */
  readonly group: 'move' | 'guest' | 'place' | 'definition';
  /** The verb; "..." where a dialog comes first. */
  readonly label: (vm: Vm) => string;
  /** Something is lost by it. */
  readonly destructive?: true;
  /** Only of what asks before it does anything: a key is soon pressed. */
  readonly shortcut?: string;
  /** Given at once, or asked about in a dialog. */
  readonly give: (
    vm: Vm,
  ) => { readonly order: VmAction } | { readonly dialog: DialogRequest } | { readonly address: string };
}

const order =
  (verb: 'start' | 'pause' | 'resume' | 'suspend' | 'restore' | 'reboot'): VmActionEntry['give'] =>
  () => ({ order: vmActionSchema.parse({ verb }) });

const confirm =
  (verb: 'force-off' | 'reset' | 'discard' | 'undefine'): VmActionEntry['give'] =>
  (vm) => ({ dialog: { kind: 'confirm-vm', vmId: vm.id, verb } });

/** The one list. In the order of the menus. */
export const vmActions: readonly VmActionEntry[] = [
  { id: 'start', group: 'move', label: () => 'Start', give: order('start') },
  { id: 'pause', group: 'move', label: () => 'Pause', give: order('pause') },
  { id: 'resume', group: 'move', label: () => 'Resume', give: order('resume') },
  { id: 'suspend', group: 'move', label: () => 'Suspend', give: order('suspend') },
  { id: 'restore', group: 'move', label: () => 'Restore', give: order('restore') },
  {
    id: 'shut-down',
    group: 'move',
    label: () => 'Shut down…',
    give: (vm) => ({ dialog: { kind: 'shut-down', vmId: vm.id } }),
  },
  {
    id: 'force-off',
    group: 'move',
    label: () => 'Force off…',
    destructive: true,
    give: confirm('force-off'),
  },
  { id: 'discard', group: 'move', label: () => 'Discard…', destructive: true, give: confirm('discard') },
  {
    id: 'console',
    group: 'guest',
    label: () => 'Open console',
    give: (vm) => ({ address: consoleHref(vm.id, 'screen') }),
  },
  { id: 'reboot', group: 'guest', label: () => 'Reboot', give: order('reboot') },
  { id: 'reset', group: 'guest', label: () => 'Reset…', destructive: true, give: confirm('reset') },
  {
    id: 'migrate',
    group: 'place',
    label: () => 'Migrate…',
    shortcut: 'M',
    give: (vm) => ({ dialog: { kind: 'migrate', vmId: vm.id } }),
  },
  {
    id: 'rename',
    group: 'definition',
    label: () => 'Rename…',
    shortcut: 'F2',
    give: (vm) => ({ dialog: { kind: 'rename-vm', vmId: vm.id } }),
  },
  {
    id: 'autostart',
    group: 'definition',
    label: (vm) => (vm.autostart ? 'Do not start with its host' : 'Start with its host'),
    give: (vm) => ({ order: { verb: 'autostart', on: !vm.autostart } }),
  },
  {
    id: 'undefine',
    group: 'definition',
    label: () => 'Undefine…',
    destructive: true,
    give: confirm('undefine'),
  },
];

/** An action of a particular VM, ready to be offered. */
export interface OfferedAction extends VmActionEntry {
  readonly text: string;
  /** "Pause web-03": whole by itself, for screen readers and the palette. */
  readonly name: string;
  readonly verdict: Verdict;
  /** Only a move that leads away from another state: left out of menus, shown dimmed in the diagram. */
  readonly ofAnotherState: boolean;
  readonly run: () => void;
}

/** Every action of any VM, with its verdict as the rules give it now. */
export function useActionsOfVms(): (vm: Vm) => readonly OfferedAction[] {
  const client = useClient();
  const hosts = useLive((model) => model.hosts);
  const vms = useLive((model) => model.vms);
  return (vm) =>
    vmActions.map((entry): OfferedAction => {
      const text = entry.label(vm);
      return {
        ...entry,
        text,
        name: nameOf(entry, text, vm),
        verdict: verdictOf(vm, entry.id, hosts, vms.values()),
        ofAnotherState:
          entry.group === 'move' &&
          entry.id !== 'migrate' &&
          entry.id !== 'console' &&
          vm.state !== 'unknown' &&
          verbStates[entry.id][vm.state] !== legal,
        run() {
          const given = entry.give(vm);
          if ('address' in given) navigate(given.address);
          else if ('dialog' in given) openDialog(given.dialog);
          else void orderVm(client, vm.id, given.order);
        },
      };
    });
}

export function useVmActions(vm: Vm): readonly OfferedAction[] {
  return useActionsOfVms()(vm);
}

export function actionOf(actions: readonly OfferedAction[], id: VmActionId): OfferedAction {
  const found = actions.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no action ${id}`);
  return found;
}

function nameOf(entry: VmActionEntry, text: string, vm: Vm): string {
  if (entry.id === 'discard') return `Discard the saved memory of ${vm.name}`;
  if (entry.id === 'console') return `Open the console of ${vm.name}`;
  if (entry.id === 'autostart') return `${text}: ${vm.name}`;
  return `${text.replace('…', '')} ${vm.name}`;
}

function verdictOf(vm: Vm, id: VmActionId, hosts: ReadonlyMap<HostId, Host>, vms: Iterable<Vm>): Verdict {
  // It waits by itself for a VM that is off or a host that is away.
  if (id === 'console') return allowed;
  if (id === 'migrate') return canMigrateSomewhere(vm, hosts);
  const around = surroundingsOf(vm, { hosts: hosts.values(), vms });
  if (around === undefined) return refused(`The host of ${vm.name} is not known. Reconnect it first.`);
  return canUse(vm, id, around);
}
