import type { Vm } from '#shared/model/vm.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import type { ActionGroup, ObjectMenu } from '../../ui/ActionMenu.tsx';
import { vmFaults } from '../clusters/faults.ts';
import { simulatedOf } from '../clusters/simulatedHosts.ts';
import { useActionsOfVms, type VmActionEntry } from './vmActions.ts';

type Group = VmActionEntry['group'];

const allGroups: readonly Group[] = ['move', 'guest', 'place', 'definition'];

/** Everything that can be done with a VM; of the moves between states only those that lead away from its own. */
export function useVmMenu(groups: readonly Group[] = allGroups): (vm: Vm) => ObjectMenu {
  const client = useClient();
  const clusters = useLive((model) => model.clusters);
  const hosts = useLive((model) => model.hosts);
  const actionsOf = useActionsOfVms();
  return (vm) => {
    const home = hosts.get(vm.hostId);
    const simulated = home && simulatedOf(home, clusters);
    const actions = actionsOf(vm).filter((action) => !action.ofAnotherState);
    return {
      name: vm.name,
      groups: [
        ...groups.map(
          (group): ActionGroup => ({
            key: group,
            actions: actions
              .filter((action) => action.group === group)
              .map(({ id, text, name, shortcut, verdict, destructive, run }) => ({
                key: id,
                words: text,
                title: name,
                ...(shortcut === undefined ? {} : { shortcut }),
                verdict,
                destructive: destructive === true,
                run,
              })),
          }),
        ),
        ...(simulated === undefined ? [] : vmFaults(vm, simulated, client)),
      ],
    };
  };
}
