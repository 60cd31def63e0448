import type { Finding } from '#shared/model/diagnosis.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';

/** For tests: a host with which nothing is wrong, changed where the test says so. */
export const gibibyte = 2 ** 30;
export const here = someHost('server-a');
export const there = someHost('server-b');
export const vm = someVm('web-01', here);

export const pool = {
  name: 'default',
  kind: 'dir',
  path: '/var/lib/libvirt/images',
  active: true,
  autostart: true,
  capacityBytes: 1000 * gibibyte,
  availableBytes: 500 * gibibyte,
  writable: true,
};
export const network = { name: 'default', kind: 'network', active: true, autostart: true } as const;
export const kvm = {
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

export const told = (changes: Partial<HostInspection> = {}) =>
  ({ kind: 'told', value: { ...sound, ...changes } }) as const;

export const wrong = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'fine');
