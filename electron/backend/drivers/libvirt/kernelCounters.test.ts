import { describe, expect, it } from 'vitest';
import { readKernelCounters } from './kernelCounters.ts';

const cards = (...lines: readonly string[]) =>
  [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs',
    ...lines,
  ].join('\n');
const card = (name: string, received: number, sent: number) =>
  `  ${name}: ${received} 1 0 0 0 0 0 0 ${sent} 1 0 0 0 0 0 0`;

describe("a host's kernel", () => {
  it('tells steal, swap, cards that are hardware, and whole disks', () => {
    const text = [
      'cpu  1647081 6633 356707 741170 11648 0 9965 250 0 0',
      'SwapCached:            8 kB',
      'SwapTotal:       2097148 kB',
      'SwapFree:        2096124 kB',
      cards(card('lo', 9, 9), card('eth0', 1000, 2000), card('br0', 1000, 2000), card('vnet3', 5, 6)),
      ' 254       0 vda 701691 84020 100 921638 1043992 760306 200 784771 0 342716 1960471',
      ' 254       1 vda1 701691 84020 100 921638 1043992 760306 200 784771 0 342716 1960471',
      ' 259       0 nvme0n1 1 0 10 0 1 0 20 0 0 0 0 0 0 0 0',
      ' 253       0 dm-0 1 0 10 0 1 0 20 0 0 0 0',
      '/sys/class/net/eth0/device',
    ].join('\n');
    expect(readKernelCounters(text)).toEqual({
      cpuStealNs: 2.5e9,
      swapUsedMiB: 1,
      networkReceiveBytes: 1000,
      networkSendBytes: 2000,
      diskReadBytes: 110 * 512,
      diskWriteBytes: 220 * 512,
    });
  });

  it('counts what joins VMs and bridges not at all where no card is hardware', () => {
    expect(readKernelCounters(cards(card('uplink', 7, 8), card('br0', 7, 8), card('vnet0', 1, 1)))).toEqual({
      networkReceiveBytes: 7,
      networkSendBytes: 8,
    });
  });

  it('leaves out what it does not say', () => {
    expect(readKernelCounters('This account is not available.')).toEqual({});
  });
});
