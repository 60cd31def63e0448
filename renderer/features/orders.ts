import { create } from 'zustand';
import { toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';

/** The last order that was given without a place of its own to answer in, such as from a menu, and was refused. */
export const useRefusedOrder = create<{ readonly error: ErrorData | undefined }>()(() => ({
  error: undefined,
}));

/** Gives an order from a menu: nothing is said where it is taken, and the reason is shown where it is not. */
export async function giveOrder(order: () => Promise<unknown>): Promise<void> {
  dismissRefusal();
  try {
    await order();
  } catch (thrown) {
    useRefusedOrder.setState({ error: toDroverError(thrown).toData() });
  }
}

export function dismissRefusal(): void {
  useRefusedOrder.setState({ error: undefined });
}
