import { type Host, hostSchema } from '../model/host.ts';
import { clusterId, hostId, vmId } from '../model/ids.ts';
import { type MigrationOptions, migrationOptionsSchema } from '../model/migration.ts';
import { type Vm, vmSchema } from '../model/vm.ts';

/** For tests: a sound noun of each kind, changed where the test says so. */
export const someCluster = clusterId('lab');

export function someHost(name: string, changes: Partial<Host> = {}): Host {
  return hostSchema.parse({
    id: hostId(name),
    clusterId: someCluster,
    name,
    address: `ssh://root@${name}`,
    connection: { state: 'connected', since: 0 },
    capacity: {
      cpus: 8,
      cpuModel: 'EPYC',
      cpuMhz: 2400,
      memoryMiB: 32_768,
      memoryFreeMiB: 16_384,
      libvirtVersion: '9.0.0',
      hypervisorVersion: '7.2.17',
      hostname: name,
      hostUuid: name,
      kvm: true,
    },
    declaredDead: false,
    ...changes,
  });
}

export function someVm(name: string, on: Host, changes: Partial<Vm> = {}): Vm {
  return vmSchema.parse({
    id: vmId(someCluster, name),
    uuid: name,
    clusterId: someCluster,
    name,
    hostId: on.id,
    state: 'active',
    reason: 'booted',
    vcpus: 2,
    memoryMiB: 2048,
    maxMemoryMiB: 2048,
    persistent: true,
    autostart: false,
    hasSnapshots: false,
    disks: [],
    nics: [],
    graphics: [],
    machine: 'pc-q35-7.2',
    domainType: 'kvm',
    copies: [],
    current: true,
    ...changes,
  });
}

export function someOptions(changes: Partial<MigrationOptions> = {}): MigrationOptions {
  return migrationOptionsSchema.parse(changes);
}
