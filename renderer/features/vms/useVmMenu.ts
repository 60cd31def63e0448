import type { Vm } from '#shared/model/vm.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import type { ObjectMenu } from '../../ui/ActionMenu.tsx';
import { vmFaults } from '../clusters/faults.ts';
import { simulatedOf } from '../clusters/simulatedHosts.ts';
import { openDialog } from '../dialogs.ts';
import { canMigrateSomewhere } from './vmVerdicts.ts';

/** Everything that can be done with a VM, for its row and its pane. */
export function useVmMenu(): (vm: Vm) => ObjectMenu {
  const client = useClient();
  const clusters = useLive((model) => model.clusters);
  const hosts = useLive((model) => model.hosts);
  return (vm) => {
    const home = hosts.get(vm.hostId);
    const simulated = home && simulatedOf(home, clusters);
    return {
      name: vm.name,
      groups: [
        {
          key: 'move',
          actions: [
            {
              key: 'migrate',
              words: 'Migrate…',
              verdict: canMigrateSomewhere(vm, hosts),
              run: () => openDialog({ kind: 'migrate', vmId: vm.id }),
            },
          ],
        },
        ...(simulated === undefined ? [] : vmFaults(vm, simulated, client)),
      ],
    };
  };
}
