/** What flows from one QEMU to another; both ends refer to it by its id. */
export interface TransferState {
  readonly id: string;
  readonly uuid: string;
  readonly from: string;
  readonly to: string;
}
