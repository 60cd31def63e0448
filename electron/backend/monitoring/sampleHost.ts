import type { HostId } from '#shared/model/ids.ts';
import { dearEverySweeps } from '#shared/model/samples.ts';
import type { Clock } from '../clock/clock.ts';
import type { DomainCounters, HostCounters, HostDriver } from '../drivers/drivers.ts';
import { hostCpuShare, type Reading, type VmRates, vmRates } from './rates.ts';

export const cheapEveryMs = 2000;
const sweepDeadlineMs = 8000;

export interface HostSweep {
  readonly hostId: HostId;
  readonly at: number;
  readonly cpuShare: number | null;
  readonly memoryUsedMiB: number;
  readonly memoryTotalMiB: number;
  readonly vms: readonly (VmRates & { readonly uuid: string })[];
}

/**
 * Sweeps one host on its own clock, one sweep at a time: a host that hangs delays nobody but itself, and what it did
 * not say is a gap.
 */
export function sampleHost(input: {
  readonly hostId: HostId;
  readonly driver: HostDriver;
  readonly clock: Clock;
  /** How many vCPUs a VM has, where its counters do not say. */
  readonly vcpus: (uuid: string) => number | undefined;
  readonly told: (sweep: HostSweep) => void;
}): () => void {
  const { hostId, driver, clock, vcpus, told } = input;
  let ended = false;
  let number = 0;
  let hostBefore: Reading<HostCounters> | undefined;
  let cheap = new Map<string, Reading<DomainCounters>>();
  let full = new Map<string, Reading<DomainCounters>>();
  let take: () => void = () => undefined;

  const sweep = async () => {
    const isFull = number % dearEverySweeps === 0;
    number += 1;
    const [host, domains] = await Promise.all([
      timed(clock, driver.telemetry.host({ deadlineMs: sweepDeadlineMs })),
      timed(clock, driver.telemetry.domains(isFull ? 'full' : 'cheap', { deadlineMs: sweepDeadlineMs })),
    ]);
    if (ended || driver.link().state !== 'connected') return;
    const cpuShare = hostCpuShare(hostBefore, host);
    hostBefore = host;
    const { at } = domains;
    const vms = domains.counters.map((counters) => {
      const { uuid } = counters;
      const now = { at, counters };
      const rates = vmRates(cheap.get(uuid), now, vcpus(uuid));
      // What only full sweeps measure is measured from one of them to the next.
      return isFull
        ? { uuid, ...orElse(rates, vmRates(full.get(uuid), now, vcpus(uuid))) }
        : { uuid, ...rates };
    });
    cheap = new Map(domains.counters.map((counters) => [counters.uuid, { at, counters }]));
    if (isFull) full = cheap;
    told({
      hostId,
      at,
      cpuShare,
      memoryUsedMiB: host.counters.memoryUsedMiB,
      memoryTotalMiB: host.counters.memoryTotalMiB,
      vms,
    });
  };

  const turn = () => {
    const began = clock.elapsed();
    const next = () => {
      if (!ended) take = clock.after(Math.max(0, began + cheapEveryMs - clock.elapsed()), turn);
    };
    if (driver.link().state !== 'connected') {
      hostBefore = undefined;
      cheap = new Map();
      full = new Map();
      number = 0;
      next();
      return;
    }
    sweep()
      .catch(() => undefined)
      .finally(next);
  };
  turn();
  return () => {
    ended = true;
    take();
  };
}

function orElse(rates: VmRates, dear: VmRates): VmRates {
  return {
    ...rates,
    diskReadBytesPerSecond: rates.diskReadBytesPerSecond ?? dear.diskReadBytesPerSecond,
    diskWriteBytesPerSecond: rates.diskWriteBytesPerSecond ?? dear.diskWriteBytesPerSecond,
    networkReceiveBytesPerSecond: rates.networkReceiveBytesPerSecond ?? dear.networkReceiveBytesPerSecond,
    networkSendBytesPerSecond: rates.networkSendBytesPerSecond ?? dear.networkSendBytesPerSecond,
  };
}

/** Counters with the time at which they came. */
async function timed<T>(clock: Clock, asked: Promise<T>): Promise<Reading<T>> {
  const counters = await asked;
  return { at: clock.now(), counters };
}
