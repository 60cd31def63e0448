import type { WorkloadFile } from '#shared/scenario/workloadFile.ts';
import { type GuestWorkload, loadSlotMs } from './workload.ts';

const mebibyte = 1024 ** 2;
const minuteMs = 60_000;

/** Of one VM: `load` times what is asked of CPUs, with its day `shiftHours` later. `trace`: which one it follows. */
export function expandWorkload(
  { cpu, noise, memory, ...rates }: WorkloadFile,
  vm: { readonly vcpus: number; readonly load: number; readonly shiftHours: number; readonly trace?: string },
): GuestWorkload {
  const { pattern } = memory;
  return {
    cpu: patternOf(cpu, vm),
    ...(noise > 0 ? { noise: { share: noise, slotMs: loadSlotMs } } : {}),
    rates: {
      diskRead: rates.diskReadMiB * mebibyte,
      diskWrite: rates.diskWriteMiB * mebibyte,
      networkReceive: rates.networkReceiveMiB * mebibyte,
      networkSend: rates.networkSendMiB * mebibyte,
    },
    memory: {
      touchedShare: memory.touchedShare,
      workingSetMiB: memory.workingSetMiB,
      writesMiBPerSecond: memory.writesMiBps,
      pattern: typeof pattern === 'string' ? { kind: pattern } : { kind: 'hot-cold', ...pattern },
    },
  };
}

function patternOf(cpu: WorkloadFile['cpu'], vm: Parameters<typeof expandWorkload>[1]): GuestWorkload['cpu'] {
  const { load } = vm;
  switch (cpu.kind) {
    case 'constant':
      return { kind: 'constant', cores: cpu.cores * load };
    case 'diurnal':
      return {
        kind: 'diurnal',
        lowCores: cpu.lowCores * load,
        highCores: cpu.highCores * load,
        peakHour: (((cpu.peakHour + vm.shiftHours) % 24) + 24) % 24,
        slotMs: minuteMs,
      };
    case 'bursty':
      return {
        kind: 'bursty',
        idleCores: cpu.idleCores * load,
        burstCores: cpu.burstCores * load,
        burstChance: cpu.burstChance,
        slotMs: cpu.lasts ?? minuteMs,
      };
    case 'step':
      return {
        kind: 'step',
        cores: cpu.cores * load,
        steps: cpu.steps.map(({ after, cores }) => ({ afterMs: after, cores: cores * load })),
      };
    case 'trace':
      return { kind: 'trace', trace: vm.trace ?? cpu.trace, cores: (cpu.cores ?? vm.vcpus) * load };
    default:
      return cpu satisfies never;
  }
}
