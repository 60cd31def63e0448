import { useCallback } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import { useLive } from '../../transport/hooks.ts';
import type { ShownState } from '../../ui/states.ts';
import { isHung } from '../clusters/faults.ts';
import { simulatedOf } from '../clusters/simulatedHosts.ts';
import { useVmState } from './vmWork.ts';

/** How VMs are shown, with what is being done to each and, in a simulated cluster, what is broken in its guest. */
export function useShownVmState(): (vm: Vm) => ShownState {
  const stateOf = useVmState();
  const hosts = useLive((model) => model.hosts);
  const clusters = useLive((model) => model.clusters);
  return useCallback(
    (vm) => {
      const state = stateOf(vm);
      const home = hosts.get(vm.hostId);
      if (home === undefined || !isHung(vm, simulatedOf(home, clusters))) return state;
      return { shape: 'attention', word: `${state.word}, hangs`, detail: 'its guest answers nobody' };
    },
    [stateOf, hosts, clusters],
  );
}
