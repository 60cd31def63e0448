import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { generateKey } from '../../electron/backend/drivers/libvirt/ssh/testing/privateSshd.ts';
import { serve } from '../../electron/backend/drivers/libvirt/ssh/testing/servers.ts';
import { type Lab, startLab } from '../lab/startLab.ts';

/**
 * host-a and host-b are as they should be, but that host-b's firewall drops migrations, both have the address of
 * libvirt's own bridge, and a QEMU on host-a is what host-b cannot take. On host-c there is no libvirt, and only keys open it. host-d is known by another key. On host-e
 * something else answers in libvirt's place.
 */
export interface TroubledLab {
  readonly lab: Lab;
  /** A key that opens nothing. */
  readonly strangerKey: string;
  down(): Promise<void>;
}

export const migrationPorts = { first: 49_152, last: 49_215 } as const;

/** `home` is the operator's. */
export async function startTroubledLab(name: string, home: string): Promise<TroubledLab> {
  const lab = await startLab({
    name,
    hosts: [{ migrationHost: true }, {}, { libvirt: false }, { libvirt: false }, { libvirt: false }],
    guests: [{ name: 'plain', host: 'host-a', storage: 'none' }],
  });
  const sshFolder = join(home, '.ssh');
  const strangerKey = join(sshFolder, 'stranger');
  await mkdir(sshFolder, { recursive: true, mode: 0o700 });
  await generateKey(strangerKey);
  const garbage = await serve(lab.host('host-e').libvirtSocket, (socket) => {
    socket.on('data', () => socket.write('220 mail.example.org ESMTP ready, and this is no libvirt\r\n'));
  });
  await Promise.all([
    lab.closePorts('host-b', migrationPorts.first, migrationPorts.last),
    ...['host-a', 'host-b'].map((host) => lab.exec(host, ['sh', '-c', sameBridge])),
    ...[
      domain(
        'newer',
        32,
        "<cpu mode='custom' check='none'><model fallback='forbid'>EPYC-Milan</model></cpu>",
      ),
      // QEMU takes memory only when the guest touches it, and this one never does.
      domain('huge', Math.floor(totalmem() / 1_048_576) - 64),
      domain('twin', 32),
    ].map((xml) => lab.virsh('host-a', ['create', '/dev/stdin'], xml)),
    lab.virsh('host-b', ['create', '/dev/stdin'], domain('twin', 32)),
    lab.exec('host-c', ['sh', '-c', withoutLibvirt]),
    lab.exec('host-c', ['sh', '-c', keysOnly]),
    knowByAnotherKey(lab, sshFolder),
  ]);
  return {
    lab,
    strangerKey,
    async down() {
      await garbage.stop();
      await lab.down();
    },
  };
}

/** Without a disk and anything to boot: it runs, and does nothing. */
function domain(name: string, memoryMiB: number, cpu = ''): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>${memoryMiB}</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>${cpu}</domain>`;
}

/** The programs are the machine's own, so the host is given something else in their places. */
const withoutLibvirt = [
  'for p in libvirtd virtqemud virsh virt-ssh-helper; do',
  'f=$(command -v $p) && mount --bind /dev/null $f; done; true',
].join(' ');

/** As libvirt's own network makes it on every host: there each would only reach itself. */
const sameBridge =
  'ip link add virbr0 type bridge && ip addr add 192.168.122.1/24 dev virbr0 && ip link set virbr0 up';

const keysOnly = [
  "sed -i 's/^\\(PasswordAuthentication\\|KbdInteractiveAuthentication\\) yes/\\1 no/' /etc/ssh/sshd_config",
  'kill -HUP $(cat /run/sshd.pid)',
].join(' && ');

async function knowByAnotherKey(lab: Lab, sshFolder: string): Promise<void> {
  const another = lab.host('host-a').hostKeys[0]?.publicKey ?? '';
  const file = join(sshFolder, 'known_hosts');
  await writeFile(file, '', { mode: 0o600 });
  await appendFile(file, `${lab.host('host-d').address} ${another}\n`);
}

export interface Refusal {
  readonly what: string;
  readonly code: string;
  /** What was tried, on which object. */
  readonly tried: RegExp;
  readonly cause: RegExp;
  readonly next: RegExp;
}

export interface HostRefusal extends Refusal {
  /** Without `ssh://`. */
  readonly address: (lab: Lab) => string;
  /** The host that answers there, if one does. */
  readonly host?: string;
  readonly stranger?: true;
}

/** Hosts that cannot be added, each with what the operator is told. */
export const hostRefusals: readonly HostRefusal[] = [
  {
    what: 'an unreachable address',
    address: (lab) => `root@${lab.host('host-a').address.replace(/\d+$/, '200')}`,
    code: 'host-unreachable',
    tried: /^Log in to root@10\.77\.\d+\.200:22: /,
    cause: /there is no way to 10\.77\.\d+\.200:22 .*EHOSTUNREACH/,
    next: /Check the address and the network of this workstation\.$/,
  },
  {
    what: 'a wrong port',
    address: (lab) => `root@${lab.host('host-a').address}:23`,
    code: 'connection-refused',
    tried: /^Log in to root@10\.77\.\d+\.1:23: /,
    cause: /the host answers, but nothing listens on 10\.77\.\d+\.1:23/,
    next: /Check the port, and that sshd runs there\.$/,
  },
  {
    what: 'a port where something else listens',
    address: (lab) => `root@${lab.guest('plain').address}:${lab.guest('plain').counterPort}`,
    code: 'not-ssh',
    tried: /^Log in to root@10\.77\.\d+\.\d+:7000: /,
    cause: /what listens there is no SSH server: it answered "/,
    next: /Check the port; sshd's is usually 22\.$/,
  },
  {
    what: 'a refused key',
    address: (lab) => `root@${lab.host('host-c').address}`,
    host: 'host-c',
    stranger: true,
    code: 'login-refused',
    tried: /^Log in to root@10\.77\.\d+\.3:22: /,
    cause:
      /let nobody in as root: tried key \S+\/stranger \(ssh-ed25519 SHA256:\S+\); the host takes publickey/,
    next: /Check the user name, and that one of these keys stands in ~\/\.ssh\/authorized_keys of root there \(ssh-copy-id puts it there\)\.$/,
  },
  {
    what: 'a changed host key',
    address: (lab) => `root@${lab.host('host-d').address}`,
    host: 'host-d',
    code: 'host-key-changed',
    tried: /^Log in to root@10\.77\.\d+\.4:22: /,
    cause:
      /but is known by ssh-ed25519 SHA256:\S+ in line 1 of \S+\/known_hosts\. Either .* was installed anew, or another machine now has its address, or somebody stands in between/,
    next: /Only if the key was changed on purpose, remove line 1 of \S+\/known_hosts and connect again\.$/,
  },
  {
    what: 'a host without libvirt',
    address: (lab) => `root@${lab.host('host-c').address}`,
    host: 'host-c',
    code: 'libvirt-missing',
    tried: /^Reach libvirt on 10\.77\.\d+\.3 as root: /,
    cause: /libvirt is not installed there\. Tried: the socket \/run\/libvirt\/libvirt-sock/,
    next: /Install libvirt and QEMU on the host \(Debian: apt install libvirt-daemon-system qemu-system\)\.$/,
  },
  {
    what: 'a host where libvirt does not run',
    address: (lab) => `root@${lab.host('host-d').address}`,
    host: 'host-d',
    code: 'libvirt-stopped',
    tried: /^Reach libvirt on 10\.77\.\d+\.4 as root: /,
    cause: /libvirt is installed, but does not run/,
    next: /Start it on the host: systemctl enable --now libvirtd\.socket\.$/,
  },
  {
    what: 'a user without rights on libvirt',
    address: (lab) => `norights@${lab.host('host-a').address}`,
    host: 'host-a',
    code: 'libvirt-no-rights',
    tried: /^Reach libvirt on 10\.77\.\d+\.1 as norights: /,
    cause:
      /the user norights \(groups norights\) has no right to use \/run\/libvirt\/libvirt-sock, which belongs to root:libvirt/,
    next: /Add norights to the group libvirt there \(usermod -aG libvirt norights\) and connect again\.$/,
  },
  {
    what: 'garbage instead of frames',
    address: (lab) => `root@${lab.host('host-e').address}`,
    host: 'host-e',
    code: 'protocol-broken',
    tried: /^Talk to libvirt on \S+10\.77\.\d+\.5: /,
    cause: /what came back is not libvirt's protocol: /,
    next: /Check that the socket there is really libvirtd or virtqemud, then reconnect\.$/,
  },
];

/** host-d is taken for another machine only once. */
export const knownByAnotherKey = 'a changed host key';

export interface MoveRefusal extends Refusal {
  readonly vm: string;
  readonly to: string;
}

/** Migrations that cannot be, from host-a. */
export const moveRefusals: readonly MoveRefusal[] = [
  {
    what: 'a VM onto its own host',
    vm: 'plain',
    to: 'host-a',
    code: 'same-host',
    tried: /^Migrate plain from host-a to host-a: /,
    cause: /plain already runs on host-a/,
    next: /Choose another host\.$/,
  },
  {
    what: 'a host without room',
    vm: 'huge',
    to: 'host-b',
    code: 'no-room',
    tried: /^Migrate huge from host-a to host-b: /,
    cause: /host-b has \d+ MiB free for VMs and huge needs \d+ MiB/,
    next: /Free memory there or choose another host\.$/,
  },
  {
    what: 'a CPU that does not fit',
    vm: 'newer',
    to: 'host-b',
    code: 'cpu-incompatible',
    tried: /^Migrate newer from host-a to host-b: /,
    cause: /the CPU of host-b does not fit: .*does not provide required features: \w+/,
    next: /Choose a host with the same or a newer CPU, or start the VM with a CPU model that both have\.$/,
  },
  {
    what: 'a migration port that is closed',
    vm: 'plain',
    to: 'host-b',
    code: 'migration-port-closed',
    tried: /^Migrate plain from host-a to host-b: /,
    cause:
      /the source cannot reach 10\.77\.\d+\.2 port 49152, where host-b takes migrations in \(no answer from /,
    next: /Open the ports from 49152 on in the firewall of host-b\.$/,
  },
];
