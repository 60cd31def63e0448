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
  const ofActive = (vm: Vm, value: number): number | null => (vm.state === 'active' ? value : null);
  return {
    hosts: {
      at,
      hostIds: told.map((host) => host.id),
      cpuShare: told.map((host) => wave(at, host.name, 0.12, 0.68)),
      memoryUsedMiB: told.map((host) => {
        const guests = vms.filter((vm) => vm.hostId === host.id && vm.state === 'active');
        return 900 + guests.reduce((sum, vm) => sum + vm.memoryMiB * 0.8, 0) + wave(at, host.name, 0, 400);
      }),
      memoryTotalMiB: told.map((host) => host.capacity?.memoryMiB ?? null),
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
    },
  };
}
