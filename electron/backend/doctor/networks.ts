import type { Finding } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { Vm } from '#shared/model/vm.ts';
import { fine, found, listed } from './finding.ts';
import { asRoot, virsh, word } from './fix.ts';

type Network = HostInspection['networks'][number];

/** Bridges and networks that are there and do not work, and those that VMs want and that are not there. */
export function networkFindings(host: Host, vms: readonly Vm[], facts: HostInspection): readonly Finding[] {
  const troubled = facts.networks.flatMap((network) => troubles(host, vms, facts, network));
  const working = facts.networks.filter((network) => network.active).map((network) => network.name);
  return [
    ...(working.length === 0
      ? []
      : [fine('networks', `These networks and bridges work: ${listed(working, 6)}.`)]),
    ...troubled,
    ...absent(host, vms, facts),
  ];
}

function troubles(
  host: Host,
  vms: readonly Vm[],
  facts: HostInspection,
  network: Network,
): readonly Finding[] {
  const check = `network.${network.name}`;
  const joined = joinedTo(vms, network.kind, network.name);
  const what = network.kind === 'network' ? `The network ${network.name}` : `The bridge ${network.name}`;
  if (!network.active) {
    return [
      found(
        joined.length > 0 ? 'blocking' : 'warning',
        check,
        network.kind === 'network' ? `${what} is not started.` : `${what} is down.`,
        {
          cause:
            joined.length > 0
              ? `${listed(joined)} ${joined.length === 1 ? 'is' : 'are'} joined to it and cannot start, or cannot be reached.`
              : 'VMs that are joined to it cannot start or be migrated here.',
          fix:
            network.kind === 'network'
              ? virsh(host, facts, `net-start ${word(network.name)}`)
              : asRoot(host, facts, `ip link set ${word(network.name)} up`),
        },
      ),
    ];
  }
  if (network.autostart !== false) return [];
  return [
    found('warning', `${check}.autostart`, `${what} does not start with ${host.name}.`, {
      cause: 'After a restart of the host VMs that are joined to it cannot start.',
      fix: virsh(host, facts, `net-autostart ${word(network.name)}`),
    }),
  ];
}

function absent(host: Host, vms: readonly Vm[], facts: HostInspection): readonly Finding[] {
  const wanted = new Map<string, { readonly kind: string; readonly name: string }>();
  for (const { kind, source } of vms.flatMap((vm) => vm.nics))
    if ((kind === 'network' || kind === 'bridge') && source !== '')
      wanted.set(`${kind} ${source}`, { kind, name: source });
  return [...wanted.values()]
    .filter(({ kind, name }) => !isThere(facts, kind, name))
    .map(({ kind, name }) => {
      const joined = joinedTo(vms, kind, name);
      return found('blocking', `network.${name}`, `${host.name} has no ${kind} ${name}.`, {
        cause: `${listed(joined)} ${joined.length === 1 ? 'is' : 'are'} joined to it and cannot start.`,
        fix:
          kind === 'network'
            ? virsh(host, facts, 'net-list --all')
            : asRoot(
                host,
                facts,
                `ip link add ${word(name)} type bridge && ip link set ${word(name)} up`,
                'This lasts until the next restart; set it up in the network configuration of the host too.',
              ),
      });
    });
}

/** The bridge that a network of libvirt makes is told of with the network, and not listed by itself. */
function isThere(facts: HostInspection, kind: string, name: string): boolean {
  return (
    facts.networks.some((network) => network.name === name && (kind === 'bridge' || network.kind === kind)) ||
    (kind === 'bridge' && /^virbr\d+$/.test(name))
  );
}

export function joinedTo(vms: readonly Vm[], kind: string, name: string): readonly string[] {
  return vms
    .filter((vm) => vm.nics.some((nic) => nic.kind === kind && nic.source === name))
    .map((vm) => vm.name);
}
