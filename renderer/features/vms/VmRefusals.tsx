import type { Vm } from '#shared/model/vm.ts';
import { useLive } from '../../transport/hooks.ts';
import { VmNotices } from './VmNotices.tsx';
import { useVmOrders } from './vmOrders.ts';
import { workOn } from './vmWork.ts';

const most = 3;

/** What was asked for from a row and failed, above the list; a VM whose pane is open says it there. */
export function VmRefusals({
  vms,
  openId,
}: {
  readonly vms: readonly Vm[];
  readonly openId: string | undefined;
}) {
  const orders = useVmOrders((state) => state.orders);
  const tasks = useLive((model) => model.tasks);
  // Hardly any of 10,000 was ordered anything.
  const ordered = orders.size === 0 ? [] : vms.filter((vm) => vm.id !== openId && orders.has(vm.id));
  const failed = ordered.filter((vm) => workOn(vm, orders.get(vm.id), tasks).failed !== undefined);
  return failed.slice(0, most).map((vm) => <VmNotices key={vm.id} vm={vm} />);
}
