import type { HostId } from '#shared/model/ids.ts';
import type { DomainCounters, HostCounters, HostDriver } from '../drivers/drivers.ts';
import type { Clock } from '../tasks/clock.ts';
import { hostCpuShare, type Reading, type VmRates, vmRates } from './rates.ts';

export const cheapEveryMs = 2000;
/** Every fifth sweep asks for the dear groups as well: balloon, block and interface. */
export const fullEvery = 5;
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
export function sampleHost(
  hostId: HostId,
  driver: HostDriver,
  clock: Clock,
  told: (sweep: HostSweep) => void,
): () => void {
  let ended = false;
  let number = 0;
  let hostBefore: Reading<HostCounters> | undefined;
  let cheap = new Map<string, Reading<DomainCounters>>();
  let full = new Map<string, Reading<DomainCounters>>();
  let take: () => void = () => undefined;

  const sweep = async () => {
    const isFull = number % fullEvery === 0;
    number += 1;
    const [host, domains] = await Promise.all([
      driver.telemetry.host({ deadlineMs: sweepDeadlineMs }),
      driver.telemetry.domains(isFull ? 'full' : 'cheap', { deadlineMs: sweepDeadlineMs }),
    ]);
    const at = clock.now();
    const reading = { at, counters: host };
    const cpuShare = hostCpuShare(hostBefore, reading);
    hostBefore = reading;
    const vms = domains.map((counters) => {
      const now = { at, counters };
      const rates = vmRates(cheap.get(counters.uuid), now);
      // Disk and network are measured from one full sweep to the next.
      const dear = isFull ? vmRates(full.get(counters.uuid), now) : rates;
      return { ...dear, cpuShare: rates.cpuShare, uuid: counters.uuid };
    });
    cheap = new Map(domains.map((counters) => [counters.uuid, { at, counters }]));
    if (isFull) full = cheap;
    if (ended) return;
    told({
      hostId,
      at,
      cpuShare,
      memoryUsedMiB: host.memoryUsedMiB,
      memoryTotalMiB: host.memoryTotalMiB,
      vms,
    });
  };

  const turn = () => {
    const began = clock.now();
    const next = () => {
      if (!ended) take = clock.after(Math.max(0, began + cheapEveryMs - clock.now()), turn);
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
