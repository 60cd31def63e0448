import { describe, expect, it } from 'vitest';
import type { DomainCounters, HostCounters } from '../drivers/drivers.ts';
import { hostRates, type Reading, vmRates } from './rates.ts';

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
  cpuReadyShare: null,
  memoryGivenMiB: null,
};

describe("a VM's rates", () => {
  const before = reading(10_000, {
    cpuTimeNs: 5e9,
    cpuReadyNs: 0,
    diskReadBytes: 1000,
    networkSendBytes: 50,
  });

  it('are differences over time, CPU a share of its own vCPUs', () => {
    const now = reading(12_000, {
      cpuTimeNs: 6e9,
      cpuReadyNs: 1e9,
      memoryUsedMiB: 64,
      memoryGivenMiB: 96,
      diskReadBytes: 5000,
      networkSendBytes: 50,
    });
    expect(vmRates(before, now, 2)).toEqual({
      ...nothing,
      cpuShare: 0.25,
      cpuReadyShare: 0.25,
      memoryUsedMiB: 64,
      memoryGivenMiB: 96,
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

describe("a host's rates", () => {
  const reading = (at: number, cpuBusyNs: number, cpuTotalNs: number, more: Partial<HostCounters> = {}) => ({
    at,
    counters: { cpuBusyNs, cpuTotalNs, memoryUsedMiB: 100, memoryTotalMiB: 400, ...more },
  });
  it.each([
    ['half', reading(0, 10, 100), reading(1, 20, 120), 0.5],
    ['idle', reading(0, 10, 100), reading(1, 10, 120), 0],
    ['the first time', undefined, reading(1, 20, 120), null],
    ['after it was started anew', reading(0, 10, 100), reading(1, 1, 2), null],
    ['no time between', reading(0, 10, 100), reading(0, 10, 100), null],
  ])('CPU %s', (_what, before, now, share) => {
    expect(hostRates(before, now).cpuShare).toBe(share);
  });

  it('are what its counters say, and gaps where it does not say it', () => {
    const before = reading(0, 0, 0, { cpuWaitNs: 0, networkSendBytes: 500, diskReadBytes: 7 });
    const now = reading(2000, 10, 100, { cpuWaitNs: 25, networkSendBytes: 2500, swapUsedMiB: 3 });
    expect(hostRates(before, now)).toEqual({
      cpuShare: 0.1,
      cpuWaitShare: 0.25,
      cpuStealShare: null,
      memoryUsedMiB: 100,
      memoryTotalMiB: 400,
      memoryCachedMiB: null,
      swapUsedMiB: 3,
      networkReceiveBytesPerSecond: null,
      networkSendBytesPerSecond: 1000,
      diskReadBytesPerSecond: null,
      diskWriteBytesPerSecond: null,
    });
  });
});
