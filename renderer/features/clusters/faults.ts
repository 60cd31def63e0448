import type { DroverClient } from '#shared/contract/client.ts';
import type { Host } from '#shared/model/host.ts';
import type { WorldFault } from '#shared/model/simulation.ts';
import type { Vm } from '#shared/model/vm.ts';
import { refused, type Verdict } from '#shared/rules/verdict.ts';
import type { ActionGroup, MenuAction } from '../../ui/ActionMenu.tsx';
import { openDialog } from '../dialogs.ts';
import { giveOrder } from '../orders.ts';
import { canBreak, linkRate, type Simulated } from './simulatedHosts.ts';

export const slowRates = [100_000_000, 10_000_000] as const;
/** As a host on another continent; one way. */
const farMs = 100;

/** Breaks or mends something in the simulated cluster; a refusal is shown by the frame. */
export function giveFault(client: DroverClient, { cluster }: Simulated, fault: WorldFault): void {
  void giveOrder(() => client.clusters.fault({ clusterId: cluster.id, fault }));
}

/** What can be broken in a simulated host, and mended. A real host has none of it. */
export function hostFaults(host: Host, simulated: Simulated, client: DroverClient): readonly ActionGroup[] {
  const able = canBreak(simulated);
  const known = simulated.host;
  const { name } = simulated;
  const give = (fault: WorldFault) => () => giveFault(client, simulated, fault);
  const isOff = known?.power === 'off';
  const disturbed = known !== undefined && (known.link.cut || known.link.slowed);
  const isFar = (known?.distanceMs ?? 0) > 0;
  const isOn: Verdict =
    able.allowed && known?.power !== 'on' ? refused(`${host.name} is not on. Switch it on first.`) : able;
  return [
    {
      key: 'break',
      title: `Simulated: break or mend ${host.name}`,
      actions: [
        isOff
          ? { key: 'on', words: 'Switch it on', verdict: able, run: give({ kind: 'power-on', host: name }) }
          : {
              key: 'off',
              words: 'Cut its power',
              verdict: able,
              destructive: true,
              run: give({ kind: 'power-off', host: name }),
            },
        {
          key: 'restart-libvirt',
          words: 'Restart its libvirt',
          verdict: isOn,
          run: give({ kind: 'restart-libvirt', host: name }),
        },
        {
          key: 'cut',
          words: 'Cut its link',
          verdict:
            able.allowed && known?.link.cut === true ? refused(`The link of ${host.name} is cut.`) : able,
          destructive: true,
          run: give({ kind: 'cut-link', host: name }),
        },
        ...slowRates.map(
          (rateBitsPerSecond): MenuAction => ({
            key: `slow ${rateBitsPerSecond}`,
            words: `Slow its link to ${linkRate(rateBitsPerSecond)}`,
            verdict: canSlow(host, simulated, able, rateBitsPerSecond),
            run: give({ kind: 'slow-link', host: name, rateBitsPerSecond }),
          }),
        ),
        {
          key: 'slow',
          words: 'Slow its link to…',
          verdict: able,
          run: () => openDialog({ kind: 'slow-link', hostId: host.id }),
        },
        isFar
          ? {
              key: 'near',
              words: 'Bring it near again',
              verdict: able,
              run: give({ kind: 'distance', host: name, oneWayMs: 0 }),
            }
          : {
              key: 'far',
              words: `Put it ${farMs} ms away`,
              verdict: able,
              run: give({ kind: 'distance', host: name, oneWayMs: farMs }),
            },
        {
          key: 'drop',
          words: 'Drop its connections',
          verdict: isOn,
          run: give({ kind: 'drop-connections', host: name }),
        },
        {
          key: 'mend',
          words: 'Mend its link',
          verdict:
            able.allowed && !disturbed
              ? refused(`The link of ${host.name} is whole and as fast as it was made.`)
              : able,
          run: give({ kind: 'mend-link', host: name }),
        },
      ],
    },
  ];
}

function canSlow(host: Host, { host: known }: Simulated, able: Verdict, rate: number): Verdict {
  if (!able.allowed || known === undefined || known.link.cut) return able;
  return known.link.slowed && known.link.rateBitsPerSecond === rate
    ? refused(`The link of ${host.name} carries ${linkRate(rate)} already.`)
    : able;
}

export function isHung(vm: Vm, simulated: Simulated | undefined): boolean {
  return simulated?.host?.hung.includes(vm.uuid) ?? false;
}

/** What can be broken in the guest of a VM on a simulated host. */
export function vmFaults(vm: Vm, simulated: Simulated, client: DroverClient): readonly ActionGroup[] {
  const able = canBreak(simulated);
  const runs: Verdict =
    able.allowed && vm.state !== 'active'
      ? refused(`${vm.name} is ${vm.state}, so its guest does not run. Start it first.`)
      : able;
  const give = (kind: 'crash-vm' | 'hang-vm' | 'unhang-vm') => () =>
    giveFault(client, simulated, { kind, host: simulated.name, uuid: vm.uuid });
  return [
    {
      key: 'break',
      title: `Simulated: break or mend ${vm.name}`,
      actions: [
        { key: 'crash', words: 'Crash its guest', verdict: runs, destructive: true, run: give('crash-vm') },
        isHung(vm, simulated)
          ? { key: 'unhang', words: 'Let its guest go on', verdict: able, run: give('unhang-vm') }
          : { key: 'hang', words: 'Hang its guest', verdict: runs, destructive: true, run: give('hang-vm') },
      ],
    },
  ];
}
