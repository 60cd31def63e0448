import type { VmId } from '#shared/model/ids.ts';
import type { Vm } from '#shared/model/vm.ts';
import { AddSimulatedDialog } from '../features/clusters/AddSimulatedDialog.tsx';
import { RemoveClusterDialog } from '../features/clusters/RemoveClusterDialog.tsx';
import { SlowLinkDialog } from '../features/clusters/SlowLinkDialog.tsx';
import { closeDialog, type DialogRequest, useDialog } from '../features/dialogs.ts';
import { AddHostDialog } from '../features/hosts/AddHostDialog.tsx';
import { DeclareDeadDialog } from '../features/hosts/DeclareDeadDialog.tsx';
import { ReconnectDialog } from '../features/hosts/ReconnectDialog.tsx';
import { RemoveHostDialog } from '../features/hosts/RemoveHostDialog.tsx';
import { MigrateDialog } from '../features/migrations/MigrateDialog.tsx';
import { ConfirmVmDialog } from '../features/vms/ConfirmVmDialog.tsx';
import { RenameVmDialog } from '../features/vms/RenameVmDialog.tsx';
import { ShutDownDialog } from '../features/vms/ShutDownDialog.tsx';
import { useLive } from '../transport/hooks.ts';

/** The one dialog that is open; it goes with the object it is about. */
export function Dialogs() {
  const request = useDialog((dialog) => dialog.request);
  const hosts = useLive((model) => model.hosts);
  const vms = useLive((model) => model.vms);
  const clusters = useLive((model) => model.clusters);
  if (request === undefined) return null;
  if (request.kind === 'add-host') return <AddHostDialog onClose={closeDialog} />;
  if (request.kind === 'add-simulated') {
    return <AddSimulatedDialog scenario={request.scenario} onClose={closeDialog} />;
  }
  if (request.kind === 'remove-cluster') {
    const cluster = clusters.get(request.clusterId);
    return cluster && <RemoveClusterDialog cluster={cluster} onClose={closeDialog} />;
  }
  if ('vmId' in request) {
    const vm = vms.get(request.vmId);
    return vm && <VmDialog request={request} vm={vm} />;
  }
  const host = hosts.get(request.hostId);
  if (host === undefined) return null;
  switch (request.kind) {
    case 'reconnect-host':
      return <ReconnectDialog host={host} onClose={closeDialog} />;
    case 'remove-host':
      return <RemoveHostDialog host={host} onClose={closeDialog} />;
    case 'slow-link':
      return <SlowLinkDialog host={host} onClose={closeDialog} />;
    case 'declare-dead':
      return <DeclareDeadDialog host={host} onClose={closeDialog} />;
    default:
      return request satisfies never;
  }
}

function VmDialog({
  request,
  vm,
}: {
  readonly request: Extract<DialogRequest, { readonly vmId: VmId }>;
  readonly vm: Vm;
}) {
  switch (request.kind) {
    case 'migrate':
      return <MigrateDialog vm={vm} to={request.toHostId} onClose={closeDialog} />;
    case 'shut-down':
      return <ShutDownDialog vm={vm} onClose={closeDialog} />;
    case 'rename-vm':
      return <RenameVmDialog vm={vm} onClose={closeDialog} />;
    case 'confirm-vm':
      return <ConfirmVmDialog vm={vm} verb={request.verb} onClose={closeDialog} />;
    default:
      return request satisfies never;
  }
}
