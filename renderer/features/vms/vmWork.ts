import { useCallback } from 'react';
import type { VmId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useLive } from '../../transport/hooks.ts';
import { type ShownState, vmState } from '../../ui/states.ts';
import { useVmOrders, type VmOrder } from './vmOrders.ts';

/** What is being done to a VM just now, and how the last order of this page ended if it did not succeed. */
export interface VmWork {
  /** A verb, or the kind of the task that holds it. */
  readonly doing: string | undefined;
  readonly task: Task | undefined;
  readonly failed: { readonly order: VmOrder; readonly task: Task | undefined } | undefined;
}

type Tasks = ReadonlyMap<Task['id'], Task>;

export function workOn(vm: Vm, order: VmOrder | undefined, tasks: Tasks): VmWork {
  const holder = vm.heldBy === undefined ? undefined : tasks.get(vm.heldBy);
  const ordered = order?.taskId === undefined ? undefined : tasks.get(order.taskId);
  if (vm.heldBy !== undefined) return { doing: holder?.kind ?? 'task', task: holder, failed: undefined };
  if (order === undefined) return { doing: undefined, task: undefined, failed: undefined };
  if (order.error !== undefined)
    return { doing: undefined, task: undefined, failed: { order, task: undefined } };
  if (ordered === undefined || !hasEnded(ordered.state)) {
    return { doing: order.action.verb, task: ordered, failed: undefined };
  }
  const failed = ordered.state === 'succeeded' ? undefined : { order, task: ordered };
  return { doing: undefined, task: undefined, failed };
}

export function useVmWork(vm: Vm): VmWork {
  const tasks = useLive((model) => model.tasks);
  const order = useVmOrders((state) => state.orders.get(vm.id));
  return workOn(vm, order, tasks);
}

/** How VMs are shown, with what is being done to each. */
export function useVmState(): (vm: Vm) => ShownState {
  const tasks = useLive((model) => model.tasks);
  const orders = useVmOrders((state) => state.orders);
  return useCallback((vm) => vmState(vm, workOn(vm, orders.get(vm.id), tasks).doing), [tasks, orders]);
}

/** When Drover last made this VM begin, by the tasks that are known here; a start by others is not among them. */
export function beganAt(vmId: VmId, tasks: Tasks): number | undefined {
  const kinds = ['start', 'restore', 'reboot', 'reset'];
  const times = [...tasks.values()].flatMap((task) =>
    task.subject.vmId === vmId && task.state === 'succeeded' && kinds.includes(task.kind)
      ? [task.finishedAt ?? 0]
      : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}
