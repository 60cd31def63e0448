import type { VmState, VmStateReason } from '../model/vm.ts';

/** Paused by a migration, so that it may be running on the other host. */
export function isLeftByMigration({
  state,
  reason,
}: {
  readonly state: VmState;
  readonly reason: VmStateReason;
}): boolean {
  return (
    state === 'paused' && (reason === 'migration' || reason === 'post-copy' || reason === 'post-copy-failed')
  );
}
