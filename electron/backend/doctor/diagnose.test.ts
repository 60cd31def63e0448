import { describe, expect, it } from 'vitest';
import type { Finding, FindingLevel } from '#shared/model/diagnosis.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { diagnose } from './diagnose.ts';
import type { FolderFacts, WayFacts } from './facts.ts';

const gibibyte = 2 ** 30;
const here = someHost('server-a');
const there = someHost('server-b');
const vm = someVm('web-01', here);

const pool = {
  name: 'default',
  kind: 'dir',
  path: '/var/lib/libvirt/images',
  active: true,
  autostart: true,
  capacityBytes: 1000 * gibibyte,
  availableBytes: 500 * gibibyte,
  writable: true,
};
const network = { name: 'default', kind: 'network', active: true, autostart: true } as const;
const kvm = {
  device: true,
  owner: 'root:kvm 660',
  cpuFlag: 'vmx',
  moduleLoaded: true,
  virtual: false,
} as const;

const sound: HostInspection = {
  hostname: 'server-a',
  system: { name: 'Debian 12', family: 'debian' },
  libvirtVersion: '9.0.0',
  hypervisorVersion: '7.2.0',
  kvm: 'usable',
  kvmFacts: kvm,
  user: 'ann',
  groups: ['libvirt'],
  mayWrite: true,
  clockAheadMs: 10,
  clockUncertainMs: 2,
  clockKept: { synchronised: true, service: 'chrony' },
  daemon: { kind: 'libvirtd', autostart: true },
  missingPrograms: [],
  memoryMiB: 65_536,
  memoryFreeMiB: 32_768,
  pools: [pool],
  fileSystems: [{ path: '/var/lib/libvirt', capacityBytes: 100 * gibibyte, availableBytes: 50 * gibibyte }],
  networks: [network],
  machineTypes: ['pc-q35-7.2', 'pc-q35-7.1'],
  cpuXml: '<cpu/>',
  cpuModel: 'Skylake',
  cpuFlags: ['aes', 'avx'],
  architecture: 'x86_64',
  migrationTls: 'absent',
  migrationTlsFolder: '/etc/pki/qemu',
  migrationSettingsRead: true,
  firewall: 'none',
  migrationPorts: { first: 49_152, last: 49_215 },
};

const told = (changes: Partial<HostInspection> = {}) =>
  ({ kind: 'told', value: { ...sound, ...changes } }) as const;

function ofHost(changes: Partial<HostInspection>): readonly Finding[] {
  const host = { host: here, vms: [vm], inspection: told(changes) };
  return diagnose({ at: 0, host, peers: [] }).findings;
}

const wrong = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'fine');

describe('what the doctor says of a host', () => {
  it('finds nothing wrong with one that is sound', () => {
    const findings = ofHost({});
    expect(wrong(findings)).toEqual([]);
    expect(findings.length).toBeGreaterThan(8);
  });

  it.each<[string, Partial<HostInspection>, FindingLevel, string, RegExp, RegExp, RegExp]>([
    [
      'an old libvirt',
      { libvirtVersion: '6.0.0' },
      'warning',
      'libvirt',
      /libvirt 6\.0\.0 is too old for some of what Drover does/,
      /post-copy whose link breaks cannot be taken up again/,
      /^sudo apt install --only-upgrade libvirt/,
    ],
    [
      'a processor without virtualisation',
      { kvm: 'absent', kvmFacts: { ...kvm, device: false, cpuFlag: 'none', moduleLoaded: false } },
      'blocking',
      'kvm',
      /server-a has no KVM/,
      /firmware \(BIOS\) has it switched off\. web-01 cannot start here/,
      /\/proc\/cpuinfo/,
    ],
    [
      'a kernel module that is not loaded',
      { kvm: 'absent', kvmFacts: { ...kvm, device: false, cpuFlag: 'svm', moduleLoaded: false } },
      'blocking',
      'kvm',
      /has no KVM/,
      /kernel module kvm_amd is not loaded/,
      /^sudo modprobe kvm_amd$/,
    ],
    [
      'a host that is itself a VM',
      { kvm: 'absent', kvmFacts: { ...kvm, device: false, cpuFlag: 'none', virtual: true } },
      'blocking',
      'kvm',
      /has no KVM/,
      /is itself a virtual machine/,
      /nested/,
    ],
    [
      'a KVM that QEMU may not use',
      { kvm: 'refused' },
      'blocking',
      'kvm',
      /has no KVM/,
      /belongs to root:kvm 660/,
      /usermod -aG kvm/,
    ],
    [
      'a login that only reads',
      { mayWrite: false },
      'blocking',
      'rights',
      /ann may look at VMs on server-a and change nothing/,
      /only reads/,
      /^sudo usermod -aG libvirt ann$/,
    ],
    [
      'a clock that is ahead',
      { clockAheadMs: 3000 },
      'warning',
      'clock',
      /clock of server-a is 3 s ahead of this workstation's/,
      /do not fit together/,
      /ntpq|chronyc|timedatectl/,
    ],
    [
      'a clock that nobody keeps',
      { clockKept: { synchronised: false } },
      'warning',
      'clock.kept',
      /No time server keeps the clock/,
      /drifts/,
      /^sudo apt install chrony$/,
    ],
    [
      'a stopped pool',
      { pools: [{ ...pool, active: false }] },
      'warning',
      'pool.default',
      /pool default is not started/,
      /cannot be looked at or made/,
      /pool-start default$/,
    ],
    [
      'a pool that stays stopped after a restart',
      { pools: [{ ...pool, autostart: false }] },
      'warning',
      'pool.default.autostart',
      /does not start with server-a/,
      /stays stopped/,
      /pool-autostart default$/,
    ],
    [
      'a pool that is nearly full',
      { pools: [{ ...pool, availableBytes: 20 * gibibyte }] },
      'warning',
      'pool.default.room',
      /nearly full: 20 GiB of 0\.977 TiB free/,
      /paused at its next write/,
      /^sudo sh -c 'du/,
    ],
    [
      'a pool without room',
      { pools: [{ ...pool, availableBytes: gibibyte / 10 }] },
      'blocking',
      'pool.default.room',
      /nearly full: 102 MiB of/,
      /paused/,
      /du/,
    ],
    [
      'a pool that this login may not write to',
      { pools: [{ ...pool, writable: false }] },
      'warning',
      'rights.storage',
      /ann may not write into the folders of default/,
      /disks count as not shared/,
      /^sudo setfacl -m u:ann:rwx/,
    ],
    [
      'a file system that is nearly full',
      {
        fileSystems: [
          { path: '/var/lib/libvirt', capacityBytes: 100 * gibibyte, availableBytes: gibibyte / 10 },
        ],
      },
      'blocking',
      'disk./var/lib/libvirt',
      /\/var\/lib\/libvirt.*102 MiB of 100 GiB/,
      /./,
      /du/,
    ],
    [
      'a stopped network',
      { networks: [{ ...network, active: false }] },
      'warning',
      'network.default',
      /network default is not started/,
      /cannot start or be migrated here/,
      /net-start default$/,
    ],
    [
      'a network that stays stopped after a restart',
      { networks: [{ ...network, autostart: false }] },
      'warning',
      'network.default.autostart',
      /does not start with server-a/,
      /cannot start/,
      /net-autostart default$/,
    ],
    [
      'a host short of memory',
      { memoryFreeMiB: 500 },
      'warning',
      'memory',
      /Only 500 MiB of 64 GiB of memory is free/,
      /No further VM fits/,
      /^ps /,
    ],
    [
      'a program that is missing',
      { missingPrograms: ['qemu-img'] },
      'warning',
      'programs',
      /server-a lacks qemu-img/,
      /cannot be planned without/,
      /^sudo apt install qemu-utils$/,
    ],
    [
      'a daemon that does not start with its host',
      { daemon: { kind: 'virtqemud', autostart: false } },
      'warning',
      'daemon',
      /virtqemud does not start with server-a/,
      /nobody could reach its VMs/,
      /^sudo systemctl enable virtqemud/,
    ],
  ])('finds %s', (_what, changes, level, check, title, cause, fix) => {
    const [first, ...more] = wrong(ofHost(changes));
    expect(first).toMatchObject({ level, check });
    expect(first?.title).toMatch(title);
    expect(first?.cause ?? '').toMatch(cause);
    expect(first?.fix?.command ?? '').toMatch(fix);
    expect(more).toEqual([]);
  });

  it('tells what could not be found out, and a host that does not answer', () => {
    const asked = (inspection: { kind: 'silent' | 'failed'; why: string }) =>
      diagnose({ at: 0, host: { host: here, vms: [], inspection }, peers: [] }).findings;
    expect(asked({ kind: 'silent', why: 'no route' })).toMatchObject([
      { level: 'blocking', check: 'connection', cause: 'no route' },
    ]);
    expect(asked({ kind: 'failed', why: 'late' })).toMatchObject([{ level: 'warning', check: 'inspection' }]);
  });
});

const reached = { reachable: true, how: 'closed' } as const;
const way: WayFacts = {
  cpu: { kind: 'told', value: { compatible: true } },
  resolves: { kind: 'told', value: true },
  ports: { kind: 'told', value: { address: '10.0.0.2', first: reached, last: reached } },
  networks: { kind: 'told', value: [{ name: 'br0', vms: ['web-01'] }] },
};
const closed = { reachable: false, cause: 'no answer' } as const;

function toPeer(input: {
  readonly way?: Partial<WayFacts>;
  readonly facts?: Partial<HostInspection>;
  readonly folders?: readonly FolderFacts[];
}) {
  const { folders = [{ path: '/srv', proof: 'shared' }] } = input;
  const peer = {
    host: there,
    vms: [],
    inspection: told({ hostname: 'server-b', ...input.facts }),
    ways: { to: { ...way, ...input.way }, from: way, folders },
  };
  const host = { host: here, vms: [vm], inspection: told() };
  const [peers] = diagnose({ at: 0, host, peers: [peer] }).peers;
  return peers ?? { to: [], from: [] };
}

describe('what the doctor says of the way to another host', () => {
  it('finds nothing in the way where there is nothing', () => {
    const { to, from } = toPeer({});
    expect(wrong([...to, ...from])).toEqual([]);
    expect(to.map(({ check }) => check)).toEqual(
      expect.arrayContaining(
        ['cpu', 'storage', 'port', 'name', 'network', 'tls'].map((what) => `migration.${what}`),
      ),
    );
  });

  it.each<[string, Parameters<typeof toPeer>[0], FindingLevel, string, RegExp, RegExp]>([
    [
      'a CPU that lacks something',
      {
        way: { cpu: { kind: 'told', value: { compatible: false, cause: 'no' } } },
        facts: { cpuFlags: ['aes'] },
      },
      'warning',
      'migration.cpu',
      /VMs that have the very CPU of server-a cannot move to server-b/,
      /It lacks avx\./,
    ],
    [
      'a CPU that could not be compared',
      { way: { cpu: { kind: 'failed', why: 'late' } } },
      'warning',
      'migration.cpu',
      /Could not find out/,
      /late/,
    ],
    [
      'a machine type that one VM needs',
      { facts: { machineTypes: ['pc-q35-7.1'] } },
      'warning',
      'migration.machine',
      /web-01 cannot move to server-b/,
      /does not know the machine type pc-q35-7\.2\. The newest that both have: pc-q35-7\.1/,
    ],
    [
      'no machine type in common',
      { facts: { machineTypes: ['pc-q35-9.0'] } },
      'blocking',
      'migration.machine',
      /no machine type in common/,
      /too far apart/,
    ],
    [
      'a closed migration port',
      { way: { ports: { kind: 'told', value: { address: '10.0.0.2', first: closed } } } },
      'blocking',
      'migration.port',
      /does not reach the migration ports of server-b/,
      /10\.0\.0\.2 on TCP ports 49152 to 49215, and port 49152 is not reached: no answer/,
    ],
    [
      'ports of which only the first is open',
      { way: { ports: { kind: 'told', value: { address: '10.0.0.2', first: reached, last: closed } } } },
      'warning',
      'migration.port',
      /only some of the migration ports/,
      /port 49215 is not reached/,
    ],
    [
      'a missing bridge',
      {
        way: {
          networks: { kind: 'told', value: [{ name: 'br0', vms: ['web-01'], trouble: 'no bridge br0' }] },
        },
      },
      'warning',
      'migration.network',
      /web-01 cannot move to server-b/,
      /no bridge br0/,
    ],
    [
      'a marker that was left',
      {
        folders: [{ path: '/srv', proof: 'shared', left: { on: 'server-a', file: '/srv/.drover-x' } }],
      },
      'warning',
      'migration.storage.marker',
      /A marker may have been left on server-a/,
      /nothing reads/,
    ],
  ])('finds %s', (_what, input, level, check, title, cause) => {
    const [first, ...more] = wrong(toPeer(input).to);
    expect(first).toMatchObject({ level, check });
    expect(first?.title).toMatch(title);
    expect(first?.cause ?? '').toMatch(cause);
    expect(more).toEqual([]);
  });

  it.each([
    ['a name that does not resolve', { way: { resolves: { kind: 'told', value: false } } }, 'migration.name'],
    ['folders of their own', { folders: [{ path: '/srv', proof: 'separate' }] }, 'migration.storage'],
    ['TLS on one only', { facts: { migrationTls: 'ready' } }, 'migration.tls'],
  ] as const)('notes %s, which stops nothing', (_what, input, check) => {
    const found = toPeer(input).to.find((each) => each.check === check);
    expect(found).toMatchObject({ level: 'fine' });
  });

  it('says of a silent peer that it could not be asked, both ways', () => {
    const peer = { host: there, vms: [], inspection: { kind: 'silent', why: 'no route' } as const };
    const host = { host: here, vms: [vm], inspection: told() };
    const [said] = diagnose({ at: 0, host, peers: [peer] }).peers;
    for (const way of [said?.to, said?.from])
      expect(way).toMatchObject([{ level: 'warning', check: 'migration.peer', cause: 'no route' }]);
  });
});
