import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamOf } from './random.ts';
import {
  demandAt,
  type LoadPattern,
  nextDemandChange,
  type Workload,
  type WorkloadGuest,
} from './workload.ts';

const rates = { diskRead: 1e6, diskWrite: 2e6, networkReceive: 3e6, networkSend: 4e6 };
const boot = { durationMs: 10_000, cores: 1.5, diskReadBytesPerSecond: 4e7 };
const guest: WorkloadGuest = { stream: streamOf(1, 'vm'), vcpus: 4, phase: 'running' };
const load = (cpu: LoadPattern, noise?: Workload['noise']): Workload => ({
  cpu,
  rates,
  boot,
  ...(noise === undefined ? {} : { noise }),
});

const cores = fc.double({ min: 0, max: 16, noNaN: true });
const slotMs = fc.constantFrom(1000, 5000, 60_000);
const patterns: fc.Arbitrary<LoadPattern> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), cores }),
  fc.record({
    kind: fc.constant('diurnal' as const),
    lowCores: cores,
    highCores: cores,
    peakHour: fc.integer({ min: 0, max: 23 }),
    slotMs,
  }),
  fc.record({
    kind: fc.constant('bursty' as const),
    idleCores: cores,
    burstCores: cores,
    burstChance: fc.double({ min: 0, max: 1, noNaN: true }),
    slotMs,
  }),
  fc.uniqueArray(fc.integer({ min: 0, max: 1e6 }), { maxLength: 5 }).chain((moments) =>
    fc.record({
      kind: fc.constant('step' as const),
      cores,
      steps: fc.constant(
        moments.toSorted((left, right) => left - right).map((atMs) => ({ atMs, cores: (atMs % 7) / 2 })),
      ),
    }),
  ),
);

it('holds its demand from each change to the next, and never asks for more than its vCPUs', () => {
  fc.assert(
    fc.property(
      patterns,
      fc.option(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), slotMs }), { nil: undefined }),
      fc.integer({ min: 0, max: 2_000_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (pattern, noise, from, part) => {
        const workload = load(pattern, noise);
        const until = Math.min(nextDemandChange(workload, 'running', from), from + 1e9);
        expect(until).toBeGreaterThan(from);
        const between = from + Math.min(part * (until - from), until - from - 0.001);
        const demand = demandAt(workload, guest, from);
        expect(demandAt(workload, guest, between)).toEqual(demand);
        expect(demand.cores).toBeGreaterThanOrEqual(0);
        expect(demand.cores).toBeLessThanOrEqual(guest.vcpus);
        expect(demand.networkSendBytesPerSecond).toBeCloseTo(demand.cores * 4e6, 3);
      },
    ),
  );
});

describe('patterns', () => {
  const hour = 3_600_000;

  it('is high at its peak hour and low twelve hours from it', () => {
    const day = load({ kind: 'diurnal', lowCores: 0.5, highCores: 3, peakHour: 15, slotMs: 60_000 });
    expect(demandAt(day, guest, 15 * hour).cores).toBeCloseTo(3, 3);
    expect(demandAt(day, guest, 3 * hour).cores).toBeCloseTo(0.5, 3);
    expect(demandAt(day, guest, 27 * hour).cores).toBeCloseTo(0.5, 3);
    expect(demandAt(day, guest, 9 * hour).cores).toBeCloseTo(1.75, 2);
  });

  it('is busy in as many slots as its chance says', () => {
    const bursts = load({ kind: 'bursty', idleCores: 0, burstCores: 2, burstChance: 0.3, slotMs: 1000 });
    const busy = Array.from({ length: 5000 }, (_, slot) => demandAt(bursts, guest, slot * 1000).cores).filter(
      (asked) => asked === 2,
    );
    expect(busy.length / 5000).toBeCloseTo(0.3, 1);
  });

  it('steps at its moments', () => {
    const steps = load({
      kind: 'step',
      cores: 1,
      steps: [
        { atMs: 100, cores: 2 },
        { atMs: 200, cores: 3 },
      ],
    });
    expect([99, 100, 199, 200].map((at) => demandAt(steps, guest, at).cores)).toEqual([1, 2, 2, 3]);
    expect(nextDemandChange(steps, 'running', 100)).toBe(200);
    expect(nextDemandChange(steps, 'running', 200)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is the same mean with noise as without', () => {
    const noisy = load({ kind: 'constant', cores: 1 }, { share: 0.5, slotMs: 1000 });
    let sum = 0;
    for (let slot = 0; slot < 5000; slot += 1) sum += demandAt(noisy, guest, slot * 1000).cores;
    expect(sum / 5000).toBeCloseTo(1, 1);
  });
});

describe('phases', () => {
  const workload = load({ kind: 'constant', cores: 1 }, { share: 0.5, slotMs: 1000 });
  const inPhase = (phase: WorkloadGuest['phase']) => demandAt(workload, { ...guest, phase }, 0);

  it('asks for nothing while off or paused', () => {
    for (const phase of ['off', 'paused'] as const)
      expect(Object.values(inPhase(phase)).some(Boolean)).toBe(false);
  });

  it('reads its disk while booting, and spins on all vCPUs while hung, moving nothing', () => {
    expect(inPhase('booting')).toMatchObject({
      cores: 1.5,
      diskReadBytesPerSecond: 4e7,
      networkSendBytesPerSecond: 0,
    });
    expect(inPhase('hung')).toMatchObject({
      cores: 4,
      diskWriteBytesPerSecond: 0,
      networkSendBytesPerSecond: 0,
    });
    expect(nextDemandChange(workload, 'hung', 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
