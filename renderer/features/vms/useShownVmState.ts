import { useCallback } from 'react';
import type { Host } from '#shared/model/host.ts';
import type { Vm } from '#shared/model/vm.ts';
import { useLive, useSession } from '../../transport/hooks.ts';
import type { ShownState } from '../../ui/states.ts';
import { isHung } from '../clusters/faults.ts';
import { simulatedOf } from '../clusters/simulatedHosts.ts';
import { asOf } from '../hosts/heard.ts';
import { useVmState } from './vmWork.ts';

/** How VMs are shown, with what is being done to each and, in a simulated cluster, what is broken in its guest. */
export function useShownVmState(): (vm: Vm) => ShownState {
  const stateOf = useVmState();
  const hosts = useLive((model) => model.hosts);
  const clusters = useLive((model) => model.clusters);
  const { timers } = useSession();
  return useCallback(
    (vm) => {
      const home = hosts.get(vm.hostId);
      const state = vm.current ? stateOf(vm) : lastKnown(stateOf(vm), home, timers.now());
      if (home === undefined || !isHung(vm, simulatedOf(home, clusters))) return state;
      return { shape: 'attention', word: `${state.word}, hangs`, detail: 'its guest answers nobody' };
    },
    [stateOf, hosts, clusters, timers],
  );
}

/** It is not so now as far as anybody knows: neither its shape nor its word says that it is. */
function lastKnown({ word }: ShownState, home: Host | undefined, now: number): ShownState {
  const when = home === undefined ? 'last known' : asOf(home, now);
  return {
    shape: 'unknown',
    word: `${word} ${when}`,
    detail: `${home?.name ?? 'its host'} has not been heard from since`,
  };
}
