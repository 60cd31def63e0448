import type { Diagnosis, Finding } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';

/** What the doctor of the scripted cluster says of a host: one of each level, and ways of every kind to the others. */
export function fakeDiagnosis(host: Host, hosts: Iterable<Host>, at: number): Diagnosis {
  const peers = [...hosts].filter((each) => each.clusterId === host.clusterId && each.id !== host.id);
  return {
    hostId: host.id,
    at,
    findings: ofHost(host),
    peers: peers.map((peer) =>
      peer.connection.state === 'connected'
        ? { hostId: peer.id, to: closedPorts(host, peer), from: openPorts(peer, host) }
        : { hostId: peer.id, to: [silent(peer)], from: [silent(peer)] },
    ),
  };
}

const fine = (check: string, title: string): Finding => ({ check, level: 'fine', title });

function ofHost({ name }: Host): readonly Finding[] {
  return [
    fine('libvirt', 'libvirt 9.0.0 can do all that Drover does.'),
    fine('qemu', 'QEMU 7.2.9 can do all that Drover does.'),
    fine('kvm', 'VMs run with KVM.'),
    {
      check: 'rights.storage',
      level: 'warning',
      title: 'ops may not write into the folders of shared.',
      cause:
        'Drover proves that hosts share a folder by a small file, and makes images for disks that are copied, with the rights of this login. Without them disks count as not shared.',
      fix: {
        on: name,
        command: 'sudo setfacl -m u:ops:rwx /var/lib/libvirt/shared',
        note: 'Or log in as root.',
      },
    },
    {
      check: 'pool.shared.room',
      level: 'blocking',
      title: 'The pool shared is nearly full: 1.2 GiB of 2 TiB free.',
      cause: 'A VM whose disk cannot grow is paused at its next write.',
      fix: {
        on: name,
        command: "sudo sh -c 'du -xah --max-depth=1 /var/lib/libvirt/shared | sort -h | tail'",
        note: 'It lists what takes the room.',
      },
    },
    fine('clock', "Its clock agrees with this workstation's to within 12 ms."),
  ];
}

function closedPorts({ name }: Host, { name: there }: Host): readonly Finding[] {
  return [
    fine('migration.cpu', `The CPU of ${there} (EPYC-Rome) offers all that of ${name} does.`),
    {
      check: 'migration.port',
      level: 'blocking',
      title: `${name} does not reach the migration ports of ${there}.`,
      cause:
        'Migrations arrive at 10.77.0.3 on TCP ports 49152 to 49215, and port 49152 is not reached: no answer.',
      fix: {
        on: there,
        command: "sudo sh -c 'firewall-cmd --permanent --add-port=49152-49215/tcp && firewall-cmd --reload'",
      },
    },
    {
      check: 'migration.clock',
      level: 'warning',
      title: `The clock of ${there} is 3 s ahead of that of ${name}.`,
      cause: 'The clock of a guest may jump by as much when it moves.',
    },
  ];
}

function openPorts({ name }: Host, { name: there }: Host): readonly Finding[] {
  return [
    fine('migration.cpu', `The CPU of ${there} (EPYC-Rome) offers all that of ${name} does.`),
    fine('migration.port', `${name} reaches 10.77.0.2, ports 49152 to 49215, where migrations arrive.`),
  ];
}

function silent({ name }: Host): Finding {
  return {
    check: 'migration.peer',
    level: 'warning',
    title: `${name} does not answer, so nothing could be asked.`,
    cause: 'No route to host.',
    fix: { on: 'this workstation', command: `drover host reconnect ${name}` },
  };
}
