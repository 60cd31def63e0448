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
  const vcpus = asks.map((ask) => ask.vcpus);
  const wants = asks.map((ask) =>
    Math.min(ask.demandCores, ask.vcpus * (1 - (ask.throttlePercent ?? 0) / 100)),
  );
  const grants = wants.map(() => 0);
  fillCores(hostCores - overheadCores, vcpus, wants, grants);
  return asks.map(({ demandCores }, index) => {
    const cores = grants[index] ?? 0;
    return {
      cores,
      readyCores: (wants[index] ?? 0) - cores,
      pace: demandCores <= 0 ? 1 : cores / demandCores,
    };
  });
}

/** The same for a host's columns: `grants` is filled, in the order of `wants`. */
export function fillCores(
  freeCores: number,
  vcpus: ArrayLike<number>,
  wants: ArrayLike<number>,
  grants: { [index: number]: number },
): void {
  const free = Math.max(0, freeCores);
  let wanted = 0;
  for (let index = 0; index < wants.length; index += 1) wanted += wants[index] ?? 0;
  const level = wanted <= free ? Number.POSITIVE_INFINITY : waterLevel(free, vcpus, wants);
  for (let index = 0; index < wants.length; index += 1) {
    grants[index] = Math.min(wants[index] ?? 0, (vcpus[index] ?? 0) * level);
  }
}

/** Cores a vCPU at which all that is free is given away. */
function waterLevel(free: number, vcpus: ArrayLike<number>, wants: ArrayLike<number>): number {
  const byLevel = Array.from({ length: wants.length }, (_, index) => ({
    weight: vcpus[index] ?? 0,
    want: wants[index] ?? 0,
  }))
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
