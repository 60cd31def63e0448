import { create } from 'zustand';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { TaskId, VmId } from '#shared/model/ids.ts';
import type { VmAction } from '#shared/model/vmAction.ts';
import { freshKey } from '../freshKey.ts';

/** The last verb that this page asked of a VM: from the click on, before the backend has answered. */
export interface VmOrder {
  readonly action: VmAction;
  /** What came of asking; absent while the request is on its way. */
  readonly taskId?: TaskId;
  readonly error?: ErrorData;
}

/** One order a VM; a later one takes the place of an earlier. */
export const useVmOrders = create<{ readonly orders: ReadonlyMap<VmId, VmOrder> }>()(() => ({
  orders: new Map(),
}));

/** Never rejects: what was refused is kept with the order, to be said in place. */
export async function orderVm(client: DroverClient, vmId: VmId, action: VmAction): Promise<void> {
  keep(vmId, { action });
  try {
    const { taskId } = await client.vms.act({ vmId, action, idempotencyKey: freshKey() });
    keep(vmId, { action, taskId });
  } catch (thrown) {
    keep(vmId, { action, error: toDroverError(thrown).toData() });
  }
}

/** What failed was read. */
export function dismissOrder(vmId: VmId): void {
  const orders = new Map(useVmOrders.getState().orders);
  orders.delete(vmId);
  useVmOrders.setState({ orders });
}

export function forgetOrders(): void {
  useVmOrders.setState({ orders: new Map() });
}

function keep(vmId: VmId, order: VmOrder): void {
  useVmOrders.setState({ orders: new Map(useVmOrders.getState().orders).set(vmId, order) });
}
