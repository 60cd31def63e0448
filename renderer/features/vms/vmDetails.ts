import { useEffect, useRef, useState } from 'react';
import type { Vm } from '#shared/model/vm.ts';
import type { VmDetails, VmInterface, VmInterfaces } from '#shared/model/vmDetails.ts';
import { useClient, useSession } from '../../transport/hooks.ts';
import { type Answer, useAnswer } from '../../ui/useAsk.ts';

/** Asked anew whenever the VM itself is seen to have changed. */
export function useVmDetails(vm: Vm): Answer<VmDetails> {
  const client = useClient();
  const { id, hostId, state, current, vcpus, memoryMiB, disks, nics, persistent } = vm;
  const question = JSON.stringify([id, hostId, state, vcpus, memoryMiB, disks, nics, persistent]);
  return useAnswer(current ? question : undefined, (signal) => client.vms.details({ vmId: id }, { signal }));
}

/** What one interface receives and sends, bytes a second of its cluster's time. */
export interface InterfaceRates {
  readonly receive: number;
  readonly send: number;
}

export interface SeenInterface extends VmInterface {
  readonly rates?: InterfaceRates;
}

const askEveryMs = 5000;

/** Asked every few seconds while it is looked at; undefined until the host has answered. */
export function useVmInterfaces(vm: Vm): readonly SeenInterface[] | undefined {
  const client = useClient();
  const { timers } = useSession();
  const [turn, setTurn] = useState(0);
  const question = vm.current ? `${vm.id} ${vm.hostId} ${vm.state} ${turn}` : undefined;
  const { value, pending } = useAnswer(question, (signal) =>
    client.vms.interfaces({ vmId: vm.id }, { signal }),
  );
  useEffect(() => {
    if (pending) return;
    return timers.after(askEveryMs, () => setTurn((before) => before + 1));
  }, [pending, timers]);
  const [pair, setPair] = useState<readonly [VmInterfaces | undefined, VmInterfaces | undefined]>([
    undefined,
    undefined,
  ]);
  const last = useRef(value);
  useEffect(() => {
    if (value === undefined || value === last.current) return;
    last.current = value;
    setPair(([, before]) => [before, value]);
  }, [value]);
  const [before, now] = pair;
  return now?.interfaces.map((each): SeenInterface => {
    const rates = ratesOf(before, now, each);
    return rates === undefined ? each : { ...each, rates };
  });
}

/** undefined where a counter is missing or began anew, as after a move. */
export function ratesOf(
  before: VmInterfaces | undefined,
  now: VmInterfaces,
  { mac, receivedBytes, sentBytes }: VmInterface,
): InterfaceRates | undefined {
  const then = before?.interfaces.find((each) => each.mac === mac);
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
  if (
    seconds <= 0 ||
    then?.receivedBytes === undefined ||
    then.sentBytes === undefined ||
    receivedBytes === undefined ||
    sentBytes === undefined ||
    receivedBytes < then.receivedBytes ||
    sentBytes < then.sentBytes
  )
    return undefined;
  return {
    receive: (receivedBytes - then.receivedBytes) / seconds,
    send: (sentBytes - then.sentBytes) / seconds,
  };
}
