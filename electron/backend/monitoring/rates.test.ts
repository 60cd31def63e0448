import { describe, expect, it } from 'vitest';
import type { DomainCounters } from '../drivers/drivers.ts';
import { hostCpuShare, type Reading, vmRates } from './rates.ts';

const reading = (at: number, counters: Partial<DomainCounters>): Reading<DomainCounters> => ({
  at,
  counters: { uuid: 'u', state: 'active', ...counters },
});
const nothing = {
  cpuShare: null,
  memoryUsedMiB: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkReceiveBytesPerSecond: null,
  networkSendBytesPerSecond: null,
};

describe("a VM's rates", () => {
  const before = reading(10_000, { cpuTimeNs: 5e9, diskReadBytes: 1000, networkSendBytes: 50 });

  it('are differences over time, CPU a share of its own vCPUs', () => {
    const now = reading(12_000, {
      cpuTimeNs: 6e9,
      memoryUsedMiB: 64,
      diskReadBytes: 5000,
      networkSendBytes: 50,
    });
    expect(vmRates(before, now, 2)).toEqual({
      ...nothing,
      cpuShare: 0.25,
      memoryUsedMiB: 64,
      diskReadBytesPerSecond: 2000,
      networkSendBytesPerSecond: 0,
    });
  });

  it.each([
    ['the first reading', undefined, reading(12_000, { cpuTimeNs: 6e9 }), 2],
    ['a restart', before, reading(12_000, { cpuTimeNs: 1e9, diskReadBytes: 0, networkSendBytes: 0 }), 2],
    ['no time between', before, reading(10_000, { cpuTimeNs: 6e9, diskReadBytes: 2000 }), 2],
    ['a clock set back', before, reading(9000, { cpuTimeNs: 6e9 }), 2],
    ['nothing measured this time', before, reading(12_000, {}), 2],
    ['a number of vCPUs that nobody knows', before, reading(12_000, { cpuTimeNs: 6e9 }), undefined],
  ])('are gaps for %s', (_what, earlier, now, vcpus) => {
    expect(vmRates(earlier, now, vcpus)).toEqual(nothing);
  });

  it('never say more than all of its vCPUs', () => {
    expect(vmRates(before, reading(11_000, { cpuTimeNs: 9e9 }), 1).cpuShare).toBe(1);
  });

  it('believe the counters about vCPUs before anybody else', () => {
    expect(vmRates(before, reading(12_000, { cpuTimeNs: 6e9, vcpus: 1 }), 4).cpuShare).toBe(0.5);
  });
});

describe("a host's share of CPU", () => {
  const counters = (cpuBusyNs: number, cpuTotalNs: number) => ({
    at: 0,
    counters: { cpuBusyNs, cpuTotalNs, memoryUsedMiB: 0, memoryTotalMiB: 0 },
  });
  it.each([
    ['half', counters(10, 100), counters(20, 120), 0.5],
    ['idle', counters(10, 100), counters(10, 120), 0],
    ['the first time', undefined, counters(20, 120), null],
    ['after it was started anew', counters(10, 100), counters(1, 2), null],
    ['no time between', counters(10, 100), counters(10, 100), null],
  ])('%s', (_what, before, now, share) => {
    expect(hostCpuShare(before, now)).toBe(share);
  });
});
