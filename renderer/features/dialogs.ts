import { create } from 'zustand';
import type { ClusterId, HostId, VmId } from '#shared/model/ids.ts';

/** The dialogs anybody may ask for; at most one is open. */
export type DialogRequest =
  | { readonly kind: 'add-host' }
  | { readonly kind: 'reconnect-host'; readonly hostId: HostId }
  | { readonly kind: 'remove-host'; readonly hostId: HostId }
  | { readonly kind: 'declare-dead'; readonly hostId: HostId }
  | { readonly kind: 'add-simulated'; readonly scenario?: string }
  | { readonly kind: 'remove-cluster'; readonly clusterId: ClusterId }
  | { readonly kind: 'slow-link'; readonly hostId: HostId }
  | { readonly kind: 'migrate'; readonly vmId: VmId; readonly toHostId?: HostId }
  | { readonly kind: 'shut-down'; readonly vmId: VmId }
  | { readonly kind: 'rename-vm'; readonly vmId: VmId }
  | {
      readonly kind: 'confirm-vm';
      readonly vmId: VmId;
      readonly verb: 'force-off' | 'reset' | 'discard' | 'undefine';
    };

export const useDialog = create<{ readonly request: DialogRequest | undefined }>()(() => ({
  request: undefined,
}));

export function openDialog(request: DialogRequest): void {
  useDialog.setState({ request });
}

export function closeDialog(): void {
  useDialog.setState({ request: undefined });
}
