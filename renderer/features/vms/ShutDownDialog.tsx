import { useState } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { useClient } from '../../transport/hooks.ts';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { useHostName } from '../inventory.ts';
import { ShutDownFields, usualShutDown } from './ShutDownFields.tsx';
import { orderVm } from './vmOrders.ts';

/** How long its guest is given, and what happens when it does not react. */
export function ShutDownDialog({ vm, onClose }: { readonly vm: Vm; readonly onClose: () => void }) {
  const client = useClient();
  const home = useHostName(vm.hostId);
  const [how, setHow] = useState(usualShutDown);
  return (
    <FormDialog
      title={`Shut down ${vm.name}?`}
      verb={`Shut down ${vm.name}`}
      pendingVerb="Asking…"
      onClose={onClose}
      onGive={() => {
        void orderVm(client, vm.id, how);
        onClose();
      }}
    >
      <p>
        The guest of <strong>{vm.name}</strong> on {home} is asked by its power button, and ends its programs
        as it does at any shut-down. A guest may take its time, or ignore it.
        {vm.persistent ? '' : ` It is defined only while it runs, so ${home} forgets it afterwards.`}
      </p>
      <ShutDownFields value={how} onChange={setHow} />
    </FormDialog>
  );
}
