import type { HostId } from '#shared/model/ids.ts';
import { dearEverySweeps } from '#shared/model/samples.ts';
import { type Clock, rateOf } from '../clock/clock.ts';
import type { DomainCounters, HostCounters, HostDriver } from '../drivers/drivers.ts';
import { type HostRates, hostRates, orElse, type Reading, type VmRates, vmRates } from './rates.ts';

/** Of the wall clock, as all cadence is. */
export const cheapEveryMs = 2000;
/** Where the cluster's clock runs faster than that. */
export const fastEveryMs = 500;
const sweepDeadlineMs = 8000;
/** Hosts that are due at nearly the same moment are asked together: questions that leave together cost less. */
const togetherMs = 50;

export interface HostSweep {
  readonly hostId: HostId;
  /** By the cluster's clock. */
  readonly at: number;
  readonly host: HostRates;
  readonly vms: readonly (VmRates & { readonly uuid: string })[];
}

/** Between two sweeps of a cluster whose clock runs so fast; a little more often while it stands, to see it go on. */
export function sweepEveryMs(rate: number): number {
  return rate > 0 && rate <= 1 ? cheapEveryMs : fastEveryMs;
}

/**
 * Sweeps one host by itself, one sweep at a time: a host that hangs delays nobody but itself, and what it did not say is
 * a gap. How often is by the wall clock; when something was measured is by the cluster's, and while that stands there is
 * nothing to measure.
 */
export function sampleHost(input: {
  readonly hostId: HostId;
  readonly driver: HostDriver;
  readonly wall: Clock;
  /** How many vCPUs a VM has, where its counters do not say. */
  readonly vcpus: (uuid: string) => number | undefined;
  readonly told: (sweep: HostSweep) => void;
}): () => void {
  const { hostId, driver, wall, vcpus, told } = input;
  const { clock } = driver;
  let ended = false;
  let number = 0;
  let hostBefore: Reading<HostCounters> | undefined;
  let fullHostBefore: Reading<HostCounters> | undefined;
  let cheap = new Map<string, Reading<DomainCounters>>();
  let full = new Map<string, Reading<DomainCounters>>();
  let take: () => void = () => undefined;

  const sweep = async () => {
    const isFull = number % dearEverySweeps === 0;
    number += 1;
    const depth = isFull ? 'full' : 'cheap';
    const [host, domains] = await Promise.all([
      timed(clock, driver.telemetry.host(depth, { deadlineMs: sweepDeadlineMs })),
      timed(clock, driver.telemetry.domains(depth, { deadlineMs: sweepDeadlineMs })),
    ]);
    if (ended || driver.link().state !== 'connected') return;
    const since = hostRates(hostBefore, host);
    const ofHost = isFull ? orElse(since, hostRates(fullHostBefore, host)) : since;
    hostBefore = host;
    if (isFull) fullHostBefore = host;
    const { at } = domains;
    const vms = domains.counters.map((counters) => {
      const { uuid } = counters;
      const now = { at, counters };
      const known = counters.vcpus ?? vcpus(uuid);
      const rates = vmRates(cheap.get(uuid), now, known);
      // What only full sweeps measure is measured from one of them to the next.
      return isFull ? { uuid, ...orElse(rates, vmRates(full.get(uuid), now, known)) } : { uuid, ...rates };
    });
    cheap = new Map(domains.counters.map((counters) => [counters.uuid, { at, counters }]));
    if (isFull) full = cheap;
    told({
      hostId,
      at,
      host: ofHost,
      vms,
    });
  };

  const turn = () => {
    const began = wall.elapsed();
    const next = () => {
      // Timers are some tenths of a millisecond late: rounded up, each turn would lose a step.
      const dueMs = Math.round((began + sweepEveryMs(rateOf(clock))) / togetherMs) * togetherMs;
      if (!ended) take = wall.after(Math.max(0, dueMs - wall.elapsed()), turn);
    };
    if (rateOf(clock) === 0) return next();
    if (driver.link().state !== 'connected') {
      hostBefore = undefined;
      fullHostBefore = undefined;
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

/** Counters with the time at which they came. */
async function timed<T>(clock: Clock, asked: Promise<T>): Promise<Reading<T>> {
  const counters = await asked;
  return { at: clock.now(), counters };
}
