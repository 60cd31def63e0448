import Button from '@mui/material/Button';
import type { Vm } from '#shared/model/vm.ts';
import { useClient } from '../../transport/hooks.ts';
import { WarningNotice } from '../../ui/WarningNotice.tsx';
import { giveFault, isHung } from './faults.ts';
import type { Simulated } from './simulatedHosts.ts';

/** What is broken in the guest of a simulated VM, with the verb that mends it. */
export function VmBreakage({ vm, simulated }: { readonly vm: Vm; readonly simulated: Simulated }) {
  const client = useClient();
  if (!isHung(vm, simulated)) return null;
  return (
    <WarningNotice>
      <p>The guest of {vm.name} hangs: it uses its CPUs, answers nobody, and ignores a shutdown.</p>
      <div>
        <Button
          variant="outlined"
          onClick={() =>
            giveFault(client, simulated, { kind: 'unhang-vm', host: simulated.name, uuid: vm.uuid })
          }
        >
          Let {vm.name} go on
        </Button>
      </div>
    </WarningNotice>
  );
}
