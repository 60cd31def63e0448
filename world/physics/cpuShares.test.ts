import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CpuAsk, shareCpu } from './cpuShares.ts';

const asks: fc.Arbitrary<CpuAsk[]> = fc.array(
  fc.record({
    vcpus: fc.integer({ min: 1, max: 32 }),
    demandCores: fc.double({ min: 0, max: 40, noNaN: true }),
    throttlePercent: fc.integer({ min: 0, max: 99 }),
  }),
  { maxLength: 30 },
);

it('gives nobody more than it asks for or has vCPUs for, and gives away all that is wanted', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.double({ min: 0, max: 8, noNaN: true }),
      asks,
      (cores, overhead, all) => {
        const grants = shareCpu(cores, overhead, all);
        const free = Math.max(0, cores - overhead);
        let given = 0;
        let wanted = 0;
        for (const [index, ask] of all.entries()) {
          const grant = grants[index];
          if (grant === undefined) throw new Error('one grant an ask');
          const want = Math.min(ask.demandCores, ask.vcpus * (1 - (ask.throttlePercent ?? 0) / 100));
          expect(grant.cores).toBeLessThanOrEqual(want + 1e-9);
          expect(grant.cores + grant.readyCores).toBeCloseTo(want, 6);
          expect(grant.pace).toBeGreaterThanOrEqual(0);
          expect(grant.pace).toBeLessThanOrEqual(1);
          given += grant.cores;
          wanted += want;
        }
        expect(given).toBeCloseTo(Math.min(free, wanted), 6);
      },
    ),
  );
});

it('gives whoever waits at least as much a vCPU as anybody else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 }), asks, (cores, all) => {
      const grants = shareCpu(cores, 0, all);
      const perVcpu = all.map((ask, index) => (grants[index]?.cores ?? 0) / ask.vcpus);
      const most = Math.max(0, ...perVcpu);
      for (const [index, grant] of grants.entries()) {
        if (grant.readyCores > 1e-6) expect(perVcpu[index] ?? 0).toBeGreaterThanOrEqual(most - 1e-6);
      }
    }),
  );
});

describe('a host of four cores', () => {
  it('gives all what they ask for while there is enough, and nobody waits', () => {
    const grants = shareCpu(4, 0.5, [
      { vcpus: 2, demandCores: 1.5 },
      { vcpus: 4, demandCores: 2 },
    ]);
    expect(grants).toEqual([
      { cores: 1.5, readyCores: 0, pace: 1 },
      { cores: 2, readyCores: 0, pace: 1 },
    ]);
  });

  it('shares by vCPUs when short, and what one leaves goes to the others', () => {
    const grants = shareCpu(4, 0, [
      { vcpus: 1, demandCores: 0.2 },
      { vcpus: 2, demandCores: 2 },
      { vcpus: 4, demandCores: 4 },
    ]);
    expect(grants.map(({ cores }) => cores)).toEqual([0.2, 3.8 / 3, (2 * 3.8) / 3]);
    expect(grants[2]?.readyCores).toBeCloseTo(4 - (2 * 3.8) / 3, 9);
  });

  it('takes from guests what migrations cost it', () => {
    const busy = [{ vcpus: 4, demandCores: 4 }];
    expect(shareCpu(4, 1, busy)[0]).toEqual({ cores: 3, readyCores: 1, pace: 0.75 });
    expect(shareCpu(4, 9, busy)[0]?.cores).toBe(0);
  });

  it('lets a throttled guest sleep, which is not waiting, and slows only one that is busy', () => {
    const [busy, calm] = shareCpu(4, 0, [
      { vcpus: 2, demandCores: 2, throttlePercent: 60 },
      { vcpus: 2, demandCores: 0.5, throttlePercent: 60 },
    ]);
    expect(busy).toMatchObject({ cores: 0.8, readyCores: 0, pace: 0.4 });
    expect(calm).toMatchObject({ cores: 0.5, readyCores: 0, pace: 1 });
  });
});
