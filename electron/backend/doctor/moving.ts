import type { Finding } from '#shared/model/diagnosis.ts';
import { clockBetween } from './clocks.ts';
import type { End, FolderFacts, WayFacts } from './facts.ts';
import { fine, found, listed, notKnown } from './finding.ts';
import { asRoot, restartOf, virsh, word } from './fix.ts';
import { processorFindings } from './processors.ts';
import { folderFindings } from './sharedFolders.ts';

/** Whether VMs of one host could move to the other. */
export function movingFindings(
  from: End,
  to: End,
  way: WayFacts,
  folders: readonly FolderFacts[],
): readonly Finding[] {
  return [
    ...processorFindings(from, to, way.cpu),
    machineFinding(from, to),
    ...folderFindings(from, to, folders),
    portFinding(from, to, way),
    ...listenFindings(to),
    nameFinding(from, to, way),
    ...networkFindings(from, to, way),
    tlsFinding(from, to),
    clockBetween(from, to),
  ];
}

/** `pc-q35-7.2` of `q35` and so on; others have no order. */
const versioned = /^(.*)-(\d+)\.(\d+)(?:\.\d+)?$/;

function machineFinding(from: End, to: End): Finding {
  const check = 'migration.machine';
  const there = new Set(to.facts.machineTypes);
  const common = from.facts.machineTypes.filter((machine) => there.has(machine));
  const stuck = from.vms.filter((vm) => vm.machine !== '' && !there.has(vm.machine));
  const newest = newestOf(common);
  if (common.length === 0) {
    return found('blocking', check, `${from.host.name} and ${to.host.name} have no machine type in common.`, {
      cause: 'A VM needs the very machine type that it was started with. Their QEMUs are too far apart.',
      fix: virsh(to.host, to.facts, 'domcapabilities | grep machine'),
    });
  }
  if (stuck.length > 0) {
    const types = [...new Set(stuck.map((vm) => vm.machine))];
    return found('warning', check, `${listed(stuck.map((vm) => vm.name))} cannot move to ${to.host.name}.`, {
      cause: `${to.host.name} (QEMU ${to.facts.hypervisorVersion}) does not know the machine type ${listed(types)}. The newest that both have: ${newest}.`,
      fix: {
        ...virsh(from.host, from.facts, `edit ${word(stuck[0]?.name ?? '')}`),
        note: `Give it a machine type of both, with the VM stopped; or bring QEMU on ${to.host.name} to ${from.facts.hypervisorVersion} or newer.`,
      },
    });
  }
  return fine(check, `Both have the machine types of its VMs. The newest that both have: ${newest}.`);
}

function newestOf(machines: readonly string[]): string {
  const newest = new Map<string, { readonly name: string; readonly rank: number }>();
  for (const name of machines) {
    const [, family, major, minor] = versioned.exec(name) ?? [];
    if (family === undefined) continue;
    const rank = Number(major) * 1000 + Number(minor);
    if (rank > (newest.get(family)?.rank ?? -1)) newest.set(family, { name, rank });
  }
  const names = [...newest.values()].toSorted((one, other) => other.rank - one.rank).map(({ name }) => name);
  return names.length === 0 ? listed(machines) : listed(names.slice(0, 3));
}

function portFinding(from: End, to: End, { ports }: WayFacts): Finding {
  const check = 'migration.port';
  const { first, last } = to.facts.migrationPorts;
  if (ports.kind === 'failed')
    return notKnown(
      check,
      `whether ${from.host.name} reaches the migration ports of ${to.host.name}`,
      ports.why,
    );
  const { value } = ports;
  const closed = !value.first.reachable
    ? value.first
    : value.last?.reachable === false
      ? value.last
      : undefined;
  if (closed !== undefined) {
    const all = closed === value.first;
    return found(
      all ? 'blocking' : 'warning',
      check,
      all
        ? `${from.host.name} does not reach the migration ports of ${to.host.name}.`
        : `${from.host.name} reaches only some of the migration ports of ${to.host.name}.`,
      {
        cause: `Migrations arrive at ${value.address} on TCP ports ${first} to ${last}, and port ${all ? first : last} is not reached: ${closed.cause}.${all ? '' : ' Several migrations at a time, or disks that are copied, need more than the first.'}`,
        fix: openPorts(from, to),
      },
    );
  }
  if (value.first.reachable && value.first.how === 'not-tried')
    return notKnown(
      check,
      `whether ${from.host.name} reaches the migration ports of ${to.host.name}`,
      `${from.host.name} lacks bash or timeout, with which it is tried.`,
    );
  return fine(
    check,
    `${from.host.name} reaches ${value.address}, ports ${first} to ${last}, where migrations arrive.`,
    to.facts.migrationSettingsRead === false
      ? `qemu.conf of ${to.host.name} could not be read by ${to.facts.user}; these are the usual ports.`
      : undefined,
  );
}

function openPorts(from: End, to: End) {
  const { first, last } = to.facts.migrationPorts;
  switch (to.facts.firewall) {
    case 'firewalld':
      return asRoot(
        to.host,
        to.facts,
        `firewall-cmd --permanent --add-port=${first}-${last}/tcp && firewall-cmd --reload`,
      );
    case 'ufw':
      return asRoot(to.host, to.facts, `ufw allow ${first}:${last}/tcp`);
    case 'nftables':
    case 'none':
    case undefined:
      return asRoot(
        to.host,
        to.facts,
        `iptables -I INPUT -p tcp --dport ${first}:${last} -j ACCEPT`,
        `This lasts until the next restart. Open the same ports wherever the firewall between ${from.host.name} and ${to.host.name} is kept.`,
      );
    default:
      return to.facts.firewall satisfies never;
  }
}

/** Before a migration nothing listens, so a port that will only ever listen on loopback looks like any other. */
function listenFindings({ host, facts }: End): readonly Finding[] {
  const { migrationAddress } = facts;
  if (migrationAddress === undefined || !/^(127\.|::1$|localhost$)/.test(migrationAddress)) return [];
  return [
    found(
      'blocking',
      'migration.listen',
      `Migrations to ${host.name} would listen on ${migrationAddress} alone.`,
      {
        cause: 'migration_address in its qemu.conf says so, and no other host reaches that address.',
        fix: asRoot(
          host,
          facts,
          `sed -i 's/^ *migration_address/#&/' /etc/libvirt/qemu.conf && ${restartOf(facts)}`,
        ),
      },
    ),
  ];
}

/** Drover tells the source an address, so that a name which does not resolve hinders nothing. */
function nameFinding(from: End, to: End, { resolves }: WayFacts): Finding {
  const check = 'migration.name';
  const own = to.facts.hostname;
  const what = `whether ${from.host.name} resolves ${own}`;
  if (resolves.kind === 'failed') return { ...notKnown(check, what, resolves.why), level: 'fine' };
  if (resolves.value) return fine(check, `${from.host.name} resolves the name ${own}.`);
  return fine(
    check,
    `${from.host.name} does not resolve the name ${own}, and need not: Drover passes addresses.`,
    to.facts.migrationHost === undefined
      ? 'A migration by hand with virsh would need it, or migration_host in qemu.conf.'
      : `A migration by hand with virsh takes migration_host of qemu.conf, ${to.facts.migrationHost}.`,
  );
}

function networkFindings(from: End, to: End, { networks }: WayFacts): readonly Finding[] {
  const check = 'migration.network';
  if (networks.kind === 'failed')
    return [
      notKnown(check, `whether ${to.host.name} has the networks of ${from.host.name}'s VMs`, networks.why),
    ];
  const missing = networks.value.filter(({ trouble }) => trouble !== undefined);
  if (missing.length === 0) {
    const names = networks.value.map(({ name }) => name);
    return [
      fine(
        check,
        names.length === 0
          ? `No VM of ${from.host.name} needs a network.`
          : `${to.host.name} has the networks of its VMs: ${listed(names)}.`,
      ),
    ];
  }
  return missing.map(({ name, vms, trouble }) =>
    found('warning', check, `${listed(vms)} cannot move to ${to.host.name}.`, {
      cause: `${vms.length === 1 ? 'It is' : 'They are'} joined to ${name}, and on ${to.host.name} there is a problem: ${trouble}.`,
      fix: trouble?.startsWith('no bridge')
        ? asRoot(
            to.host,
            to.facts,
            `ip link add ${word(name)} type bridge && ip link set ${word(name)} up`,
            `Join it to the same network as on ${from.host.name}, and set it up in the network configuration too.`,
          )
        : virsh(
            to.host,
            to.facts,
            trouble?.startsWith('no network') ? 'net-list --all' : `net-start ${word(name)}`,
          ),
    }),
  );
}

function tlsFinding(from: End, to: End): Finding {
  const check = 'migration.tls';
  const plain = 'Memory and disks travel unencrypted, so keep them on a network that you trust.';
  const without = [from, to]
    .filter(({ facts }) => facts.migrationTls === 'absent')
    .map(({ host }) => host.name);
  if (without.length > 0) {
    return fine(
      check,
      'Migrations travel without TLS.',
      `${listed(without)} ${without.length === 1 ? 'has' : 'have'} no certificates for it in ${to.facts.migrationTlsFolder ?? '/etc/pki/qemu'}. ${plain}`,
    );
  }
  const unknown = [from, to].find(({ facts }) => facts.migrationTls === 'unknown');
  if (unknown !== undefined) {
    return fine(
      check,
      'Migrations travel without TLS.',
      `Whether ${unknown.host.name} has certificates for it, ${unknown.facts.user} may not see. ${plain}`,
    );
  }
  return fine(
    check,
    'Both have certificates for TLS. Drover does not use them yet: migrations travel without.',
    plain,
  );
}
