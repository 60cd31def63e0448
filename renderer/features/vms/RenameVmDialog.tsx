import TextField from '@mui/material/TextField';
import { useState } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { canBeNamed } from '#shared/rules/canRename.ts';
import { allowed, refused } from '#shared/rules/verdict.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { orderVm } from './vmOrders.ts';

/** Another name for an inactive VM, refused while it is typed for what the backend would refuse. */
export function RenameVmDialog({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const client = useClient();
  const vms = useLive((model) => model.vms);
  const [name, setName] = useState(vm.name);
  const cluster = [...vms.values()].filter((each) => each.clusterId === vm.clusterId);
  const verdict = canBeNamed(name, cluster, vm);
  const isTouched = name !== vm.name;
  return (
    <FormDialog
      title={`Rename ${vm.name}`}
      verb={isTouched && verdict.allowed ? `Rename it to ${name}` : 'Rename it'}
      pendingVerb="Renaming…"
      verdict={
        verdict.allowed
          ? allowed
          : refused(isTouched ? 'Mend first what is marked above.' : 'Write another name first.')
      }
      onClose={onClose}
      onGive={() => {
        void orderVm(client, vm.id, { verb: 'rename', name });
        onClose();
      }}
    >
      <TextField
        label="New name"
        value={name}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
        error={isTouched && !verdict.allowed}
        helperText={
          isTouched && !verdict.allowed
            ? verdict.reason
            : 'Its UUID, disks and addresses stay; only what it is called changes.'
        }
        sx={{ marginTop: 1 }}
      />
    </FormDialog>
  );
}
