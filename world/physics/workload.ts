import { noise, noiseBetween } from './random.ts';

/** What a guest asks of its CPUs over time, in cores. Times of day are of the world's clock, UTC. */
export type LoadPattern =
  | { readonly kind: 'constant'; readonly cores: number }
  /** Low at night and high at `peakHour` (0 to 24), along a cosine, by steps of `slotMs`. */
  | {
      readonly kind: 'diurnal';
      readonly lowCores: number;
      readonly highCores: number;
      readonly peakHour: number;
      readonly slotMs: number;
    }
  /** In each slot by itself busy with this chance, else idle. */
  | {
      readonly kind: 'bursty';
      readonly idleCores: number;
      readonly burstCores: number;
      readonly burstChance: number;
      readonly slotMs: number;
    }
  /** `cores` until the first step; each step holds from its moment (milliseconds since 1970), in order of time. */
  | {
      readonly kind: 'step';
      readonly cores: number;
      readonly steps: readonly { readonly atMs: number; readonly cores: number }[];
    }
  /** One number a slot from `fromMs` on, percent of `cores`; begun anew at its end. */
  | {
      readonly kind: 'trace';
      readonly cores: number;
      readonly percents: readonly number[];
      readonly fromMs: number;
      readonly slotMs: number;
    };

/** Bytes that a guest moves for each core-second it computes. */
export interface RatesPerCore {
  readonly diskRead: number;
  readonly diskWrite: number;
  readonly networkReceive: number;
  readonly networkSend: number;
}

export interface Workload {
  readonly cpu: LoadPattern;
  /** Each slot's demand is up to `share` (0 to 1) more or less than the pattern's. */
  readonly noise?: { readonly share: number; readonly slotMs: number };
  readonly rates: RatesPerCore;
  readonly boot: {
    readonly durationMs: number;
    readonly cores: number;
    readonly diskReadBytesPerSecond: number;
  };
}

/** What a guest is at; a guest that is paused or off asks for nothing. A hung one spins on all its CPUs. */
export type GuestPhase = 'off' | 'booting' | 'running' | 'paused' | 'hung';

/** The guest that a workload runs in. `stream` of `streamOf(seed, uuid)`: its noise is its own. */
export interface WorkloadGuest {
  readonly stream: number;
  readonly vcpus: number;
  readonly phase: GuestPhase;
}

/** What is asked for, from a moment until the next change. Bytes a second at full speed. */
export interface Demand {
  /** Never above the guest's vCPUs. */
  readonly cores: number;
  readonly diskReadBytesPerSecond: number;
  readonly diskWriteBytesPerSecond: number;
  readonly networkReceiveBytesPerSecond: number;
  readonly networkSendBytesPerSecond: number;
}

const nothing: Demand = {
  cores: 0,
  diskReadBytesPerSecond: 0,
  diskWriteBytesPerSecond: 0,
  networkReceiveBytesPerSecond: 0,
  networkSendBytesPerSecond: 0,
};

const hourMs = 3_600_000;

/** Constant from one change to the next (`nextDemandChange`), so that it integrates exactly. */
export function demandAt(workload: Workload, guest: WorkloadGuest, atMs: number): Demand {
  switch (guest.phase) {
    case 'off':
    case 'paused':
      return nothing;
    case 'hung':
      return { ...nothing, cores: guest.vcpus };
    case 'booting':
      return {
        ...nothing,
        cores: Math.min(guest.vcpus, workload.boot.cores),
        diskReadBytesPerSecond: workload.boot.diskReadBytesPerSecond,
      };
    case 'running': {
      const cores = demandedCores(workload, guest, atMs);
      const { rates } = workload;
      return {
        cores,
        diskReadBytesPerSecond: cores * rates.diskRead,
        diskWriteBytesPerSecond: cores * rates.diskWrite,
        networkReceiveBytesPerSecond: cores * rates.networkReceive,
        networkSendBytesPerSecond: cores * rates.networkSend,
      };
    }
    default:
      return guest.phase satisfies never;
  }
}

/** The first moment after `atMs` at which the demand may be another; infinite where it stays for good. */
export function nextDemandChange(workload: Workload, phase: GuestPhase, atMs: number): number {
  if (phase !== 'running') return Number.POSITIVE_INFINITY;
  const ripples =
    workload.noise !== undefined && workload.noise.share > 0
      ? slotEnd(workload.noise.slotMs, atMs)
      : Number.POSITIVE_INFINITY;
  return Math.min(ripples, nextPatternChange(workload.cpu, atMs));
}

/** The same of the pattern alone. */
export function nextPatternChange(cpu: LoadPattern, atMs: number): number {
  switch (cpu.kind) {
    case 'constant':
      return Number.POSITIVE_INFINITY;
    case 'diurnal':
    case 'bursty':
      return slotEnd(cpu.slotMs, atMs);
    case 'step':
      return cpu.steps.find((step) => step.atMs > atMs)?.atMs ?? Number.POSITIVE_INFINITY;
    case 'trace':
      return cpu.fromMs + slotEnd(cpu.slotMs, atMs - cpu.fromMs);
    default:
      return cpu satisfies never;
  }
}

/** When the slot of a moment is over. */
export function slotEnd(slotMs: number, atMs: number): number {
  return (Math.floor(atMs / slotMs) + 1) * slotMs;
}

/** Cores that a guest asks for once it has booted, at the most its vCPUs. */
function demandedCores({ cpu, noise: ripple }: Workload, guest: WorkloadGuest, atMs: number): number {
  const pattern = patternCores(cpu, guest.stream, atMs);
  const factor = ripple === undefined ? 1 : rippleAt(guest.stream, ripple.share, ripple.slotMs, atMs);
  return Math.max(0, Math.min(guest.vcpus, pattern * factor));
}

/** What a pattern is multiplied by: 1 - share to 1 + share, another in each slot. */
export function rippleAt(stream: number, share: number, slotMs: number, atMs: number): number {
  return noiseBetween(stream, Math.floor(atMs / slotMs), 1 - share, 1 + share);
}

/** Without its noise, and whatever the guest's vCPUs. */
export function patternCores(cpu: LoadPattern, stream: number, atMs: number): number {
  switch (cpu.kind) {
    case 'constant':
      return cpu.cores;
    case 'diurnal': {
      const middle = (Math.floor(atMs / cpu.slotMs) + 0.5) * cpu.slotMs;
      const height = (1 + Math.cos((middle / hourMs - cpu.peakHour) * (Math.PI / 12))) / 2;
      return cpu.lowCores + (cpu.highCores - cpu.lowCores) * height;
    }
    case 'bursty':
      // The stream is turned so that bursts and noise do not rise together.
      return noise(~stream, Math.floor(atMs / cpu.slotMs)) < cpu.burstChance ? cpu.burstCores : cpu.idleCores;
    case 'step': {
      const held = cpu.steps.findLast((step) => step.atMs <= atMs);
      return held === undefined ? cpu.cores : held.cores;
    }
    case 'trace': {
      const slot = Math.max(0, Math.floor((atMs - cpu.fromMs) / cpu.slotMs));
      return (cpu.cores * (cpu.percents[slot % cpu.percents.length] ?? 0)) / 100;
    }
    default:
      return cpu satisfies never;
  }
}
