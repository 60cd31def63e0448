import type { Host } from '#shared/model/host.ts';
import type { Samples } from '#shared/model/samples.ts';
import type { Vm } from '#shared/model/vm.ts';

/** A load that only depends on the moment and the name, so that a picture can be taken twice. */
function wave(at: number, name: string, low: number, high: number): number {
  let seed = 0;
  for (const letter of name) seed = (seed * 31 + (letter.codePointAt(0) ?? 0)) % 1000;
  const slow = Math.sin(at / 97_000 + seed);
  const quick = Math.sin(at / 13_000 + seed * 3) * 0.35;
  const spike = Math.sin(at / 3_100 + seed * 7) ** 8 * 0.3;
  const share = Math.min(1, Math.max(0, (slow + quick + 1.35) / 2.7 + spike * 0.4));
  return low + (high - low) * share;
}

export function fakeSamples(at: number, hosts: readonly Host[], vms: readonly Vm[]): Samples {
  const told = hosts.filter((host) => host.connection.state === 'connected');
  const running = vms.filter((vm) => told.some((host) => host.id === vm.hostId));
  const clusters = [...new Set(told.map((host) => host.clusterId))];
  const traffic = (what: string, high: number) =>
    told.map((host) => wave(at, `${host.name} ${what}`, 1e5, high));
  const ofHosts = {
    cpuShare: told.map((host) => wave(at, host.name, 0.12, 0.68)),
    memoryUsedMiB: told.map((host) => {
      const guests = vms.filter((vm) => vm.hostId === host.id && vm.state === 'active');
      return 900 + guests.reduce((sum, vm) => sum + vm.memoryMiB * 0.8, 0) + wave(at, host.name, 0, 400);
    }),
    memoryTotalMiB: told.map((host) => host.capacity?.memoryMiB ?? 0),
    cpuWaitShare: told.map((host) => wave(at, `${host.name} waits`, 0, 0.06)),
    cpuStealShare: told.map(() => 0),
    memoryCachedMiB: told.map((host) => wave(at, `${host.name} cache`, 700, 1600)),
    memoryGivenMiB: told.map((host) =>
      vms
        .filter((vm) => vm.hostId === host.id && vm.state === 'active')
        .reduce((sum, vm) => sum + vm.memoryMiB, 0),
    ),
    swapUsedMiB: told.map(() => 0),
    networkReceiveBytesPerSecond: traffic('in', 3e7),
    networkSendBytesPerSecond: traffic('out', 6e7),
    diskReadBytesPerSecond: traffic('read', 2e7),
    diskWriteBytesPerSecond: traffic('write', 5e7),
  };
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const mean = (values: readonly number[]) => sum(values) / Math.max(1, values.length);
  const ofActive = (vm: Vm, value: number): number | null => (vm.state === 'active' ? value : null);
  return {
    hosts: {
      at,
      hostIds: told.map((host) => host.id),
      ...ofHosts,
    },
    vms: {
      at,
      vmIds: running.map((vm) => vm.id),
      cpuShare: running.map((vm) =>
        ofActive(vm, wave(at, vm.name, 0.02, vm.name.startsWith('web') ? 0.55 : 0.9)),
      ),
      memoryUsedMiB: running.map((vm) =>
        ofActive(vm, vm.memoryMiB * wave(at, `${vm.name} memory`, 0.55, 0.72)),
      ),
      diskReadBytesPerSecond: running.map((vm) => ofActive(vm, wave(at, `${vm.name} read`, 0, 6e6))),
      diskWriteBytesPerSecond: running.map((vm) => ofActive(vm, wave(at, `${vm.name} write`, 1e5, 1.4e7))),
      networkReceiveBytesPerSecond: running.map((vm) => ofActive(vm, wave(at, `${vm.name} in`, 1e4, 3e6))),
      networkSendBytesPerSecond: running.map((vm) => ofActive(vm, wave(at, `${vm.name} out`, 1e4, 9e6))),
      cpuReadyShare: running.map((vm) => ofActive(vm, wave(at, `${vm.name} ready`, 0, 0.04))),
      memoryGivenMiB: running.map((vm) => ofActive(vm, vm.memoryMiB)),
    },
    clusters: {
      at,
      clusterIds: clusters,
      cpuShare: clusters.map(() => mean(ofHosts.cpuShare)),
      memoryUsedMiB: clusters.map(() => sum(ofHosts.memoryUsedMiB)),
      memoryTotalMiB: clusters.map(() => sum(ofHosts.memoryTotalMiB)),
      cpuWaitShare: clusters.map(() => mean(ofHosts.cpuWaitShare)),
      cpuStealShare: clusters.map(() => 0),
      memoryCachedMiB: clusters.map(() => sum(ofHosts.memoryCachedMiB)),
      memoryGivenMiB: clusters.map(() => sum(ofHosts.memoryGivenMiB)),
      swapUsedMiB: clusters.map(() => 0),
      networkReceiveBytesPerSecond: clusters.map(() => sum(ofHosts.networkReceiveBytesPerSecond)),
      networkSendBytesPerSecond: clusters.map(() => sum(ofHosts.networkSendBytesPerSecond)),
      diskReadBytesPerSecond: clusters.map(() => sum(ofHosts.diskReadBytesPerSecond)),
      diskWriteBytesPerSecond: clusters.map(() => sum(ofHosts.diskWriteBytesPerSecond)),
      hostsMeasured: clusters.map(() => told.length),
    },
  };
}
