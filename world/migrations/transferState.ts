import type { Transfer } from '../physics/transferTypes.ts';

/**
 * What flows from one QEMU to another, as the model of physics has it, and which of its ends are there. Both instances
 * refer to it by its id. It goes when neither does any more.
 */
export interface TransferState {
  readonly id: string;
  readonly uuid: string;
  readonly from: string;
  readonly to: string;
  /** Disks that are copied as well, as paths at either end. */
  readonly copiedDisks: readonly string[];
  readonly copiesDisks: boolean;
  model: Transfer;
  /** Counts the plans made for it: an event of an earlier one is void. */
  turn: number;
  /** Bytes go over the wire just now. */
  flows: boolean;
  senderThere: boolean;
  receiverThere: boolean;
  /** Since when nothing gets through between its ends. */
  stalledSince?: number;
}
