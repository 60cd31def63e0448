import { describe, expect, it } from 'vitest';
import { threeDigits } from '#shared/model/quantityWords.ts';
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatLinkRate,
  formatMiB,
  formatMoment,
  formatPart,
  formatRate,
  formatShare,
} from './format.ts';

const gib = 1024 ** 3;

describe('numbers', () => {
  it.each([
    [0, '0'],
    [0.0123, '0.012'],
    [0.5, '0.5'],
    [1.234, '1.23'],
    [12.34, '12.3'],
    [123.4, '123'],
    [999.4, '999'],
    [-4.567, '-4.57'],
  ])('%d has at most three significant digits', (value, text) => {
    expect(threeDigits(value)).toBe(text);
  });

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '0.977 KiB'],
    [1024 * 1000, '0.977 MiB'],
    [1.5 * gib, '1.5 GiB'],
    [256 * 1024 * 1024, '256 MiB'],
    [1020 * 1024 * 1024, '0.996 GiB'],
  ])('%d bytes', (bytes, text) => {
    expect(formatBytes(bytes).text).toBe(text);
  });

  it('keeps every digit for whoever hovers', () => {
    expect(formatBytes(1_318_912).exact).toBe('1,318,912 bytes');
    expect(formatMiB(512).exact).toBe('512 MiB');
  });

  it('gives a part in the unit of its whole', () => {
    expect(formatPart(3.1 * gib, 15.6 * gib).text).toBe('3.1 of 15.6 GiB');
    expect(formatPart(0, 2 * gib).text).toBe('0 of 2 GiB');
    expect(formatPart(0, 0).text).toBe('0 of 0 bytes');
  });

  it('says transfers in MiB/s and links in Mbit/s', () => {
    expect(formatRate(50 * 1024 * 1024).text).toBe('50 MiB/s');
    expect(formatLinkRate(12_500_000).text).toBe('100 Mbit/s');
  });

  it('rounds shares to whole percent, small ones to a tenth', () => {
    expect(formatShare(0.374).text).toBe('37 %');
    expect(formatShare(0.0042).text).toBe('0.4 %');
    expect(formatShare(1).text).toBe('100 %');
    expect(formatShare(0.374).exact).toBe('37.4 %');
  });
});

describe('time', () => {
  it.each([
    [0, '0 ms'],
    [7.04, '7 ms'],
    [98, '98 ms'],
    [999.6, '1 s'],
    [6_412, '6.41 s'],
    [59_900, '59.9 s'],
    [59_999, '1 min'],
    [125_000, '2 min 5 s'],
    [7_320_000, '2 h 2 min'],
    [26 * 3_600_000, '1 day 2 h'],
    [48 * 3_600_000, '2 days'],
  ])('%d ms', (durationMs, text) => {
    expect(formatDuration(durationMs).text).toBe(text);
  });

  it('adds the date to a moment that is not of today', () => {
    const now = new Date(2026, 10, 23, 12, 0, 0).getTime();
    expect(formatMoment(now - 60_000, now).text).toBe('11:59:00');
    expect(formatMoment(now - 48 * 3_600_000, now).text).toBe('21 Nov, 12:00');
  });

  it('says how long ago in one unit', () => {
    expect(formatAgo(0, 4_000).text).toBe('just now');
    expect(formatAgo(0, 200_000).text).toBe('3 min ago');
    expect(formatAgo(0, 90 * 3_600_000).text).toBe('3 days ago');
    expect(formatAgo(10_000, 0).text).toBe('just now');
  });

  it('counts', () => {
    expect(formatCount(1, 'VM')).toBe('1 VM');
    expect(formatCount(1200, 'VM')).toBe('1,200 VMs');
  });
});
