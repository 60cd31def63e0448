/** What a VM asks of its host's CPUs. */
export interface CpuAsk {
  readonly vcpus: number;
  readonly demandCores: number;
  /** Of auto-converge: the guest is held asleep for this share of its time. 0 to 99. */
  readonly throttlePercent?: number;
}

export interface CpuGrant {
  /** Runs on this many cores. */
  readonly cores: number;
  /** Cores it would have run on but waits for: its ready time a second. A throttled guest does not wait, it sleeps. */
  readonly readyCores: number;
  /** Of what it asked for, 0 to 1: at this speed its work goes on, and so do its writes to memory and disk. */
  readonly pace: number;
}

/**
 * A host's cores in proportion: each VM weighs as its vCPUs (Linux's fair scheduler between groups of equal weight a
 * vCPU), none gets more than it asks for nor than its vCPUs, and what one leaves goes to the others. What migrations
 * cost the host is taken first. Grants are in the order of the asks.
 */
export function shareCpu(
  hostCores: number,
  overheadCores: number,
  asks: readonly CpuAsk[],
): readonly CpuGrant[] {
  const wants = asks.map((ask) =>
    Math.min(ask.demandCores, ask.vcpus * (1 - (ask.throttlePercent ?? 0) / 100)),
  );
  const free = Math.max(0, hostCores - overheadCores);
  const wanted = wants.reduce((sum, want) => sum + want, 0);
  const level = wanted <= free ? Number.POSITIVE_INFINITY : waterLevel(free, asks, wants);
  return asks.map((ask, index) => {
    const want = wants[index] ?? 0;
    const cores = Math.min(want, ask.vcpus * level);
    return {
      cores,
      readyCores: want - cores,
      pace: ask.demandCores <= 0 ? 1 : cores / ask.demandCores,
    };
  });
}

/** Cores a vCPU at which all that is free is given away. */
function waterLevel(free: number, asks: readonly CpuAsk[], wants: readonly number[]): number {
  const byLevel = asks
    .map((ask, index) => ({ weight: ask.vcpus, want: wants[index] ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => left.want / left.weight - right.want / right.weight);
  let left = free;
  let weight = byLevel.reduce((sum, each) => sum + each.weight, 0);
  for (const each of byLevel) {
    if (each.want / each.weight > left / weight) break;
    left -= each.want;
    weight -= each.weight;
  }
  return weight <= 0 ? Number.POSITIVE_INFINITY : left / weight;
}

/**
 * Cores that a host spends on a migration running at this rate, at either end: QEMU's migration thread fills one core
 * at about 10 Gb/s. Order of magnitude; see docs/simulation.md.
 */
export function migrationCores(bytesPerSecond: number): number {
  return bytesPerSecond / 1.25e9;
}
