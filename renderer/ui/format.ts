import {
  bytesInWords,
  millisecondsInWords,
  roundTo,
  scaleBytes,
  threeDigits,
} from '#shared/model/quantityWords.ts';

/** A number as people read it, and the same number to the last digit for whoever hovers over it. */
export interface Formatted {
  readonly text: string;
  readonly exact: string;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

/** Shown where a figure has not been measured: a word, never a zero. */
export const notMeasured: Formatted = { text: 'not measured', exact: 'not measured' };

export function formatBytes(bytes: number): Formatted {
  return { text: bytesInWords(bytes), exact: `${whole.format(bytes)} bytes` };
}

export function formatMiB(memoryMiB: number): Formatted {
  const { text } = formatBytes(memoryMiB * 1024 * 1024);
  return { text, exact: `${fine.format(memoryMiB)} MiB` };
}

/** "3.1 of 15.6 GiB": both in the unit of the whole, so that they compare at a glance. */
export function formatPart(partBytes: number, totalBytes: number): Formatted {
  const { value, unit } = scaleBytes(totalBytes);
  const divisor = value === 0 ? 1 : totalBytes / value;
  return {
    text: `${threeDigits(partBytes / divisor)} of ${threeDigits(value)} ${unit}`,
    exact: `${whole.format(partBytes)} of ${whole.format(totalBytes)} bytes`,
  };
}

/** Memory and disk transfer: MiB/s, as libvirt caps it. */
export function formatRate(bytesPerSecond: number): Formatted {
  return { text: `${bytesInWords(bytesPerSecond)}/s`, exact: `${whole.format(bytesPerSecond)} bytes/s` };
}

const bitUnits = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'] as const;

/** What a network link carries, in the unit its speed is sold in. */
export function formatLinkRate(bytesPerSecond: number): Formatted {
  let value = bytesPerSecond * 8;
  let step = 0;
  while (Math.abs(value) >= 999.5 && step < bitUnits.length - 1) {
    value /= 1000;
    step += 1;
  }
  return {
    text: `${threeDigits(value)} ${bitUnits[step] ?? 'Gbit/s'}`,
    exact: `${whole.format(bytesPerSecond)} bytes/s`,
  };
}

export function formatShare(share: number): Formatted {
  return {
    text: `${threeDigits(roundTo(share * 100, share < 0.1 ? 1 : 0))} %`,
    exact: `${fine.format(share * 100)} %`,
  };
}

export function formatDuration(durationMs: number): Formatted {
  return { text: millisecondsInWords(durationMs), exact: `${fine.format(durationMs)} ms` };
}

const minuteClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const dateAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const everything = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' });

const dayMs = 24 * 3600 * 1000;

/** The time of day, with its date once it is older than a day. */
export function formatMoment(at: number, now: number): Formatted {
  const text = Math.abs(now - at) < dayMs / 2 ? clock.format(at) : dayAndClock.format(at);
  return { text, exact: everything.format(at) };
}

/** "25 Nov, 14:05:32": a clock whose day is worth saying. */
export const formatDateAndTime = (at: number): string => dateAndTime.format(at);

/** For a time axis, which says by its marks which day it is about. */
export function formatTimeOfDay(at: number, until: 'minutes' | 'seconds'): string {
  return (until === 'minutes' ? minuteClock : clock).format(at);
}

/** "3 min ago": the larger unit only, since the smaller one is noise by then. */
export function formatAgo(at: number, now: number): Formatted {
  const agoMs = Math.max(0, now - at);
  const exact = everything.format(at);
  if (agoMs < 10_000) return { text: 'just now', exact };
  if (agoMs < 60_000) return { text: `${Math.floor(agoMs / 1000)} s ago`, exact };
  if (agoMs < 3_600_000) return { text: `${Math.floor(agoMs / 60_000)} min ago`, exact };
  if (agoMs < dayMs) return { text: `${Math.floor(agoMs / 3_600_000)} h ago`, exact };
  const days = Math.floor(agoMs / dayMs);
  return { text: days === 1 ? '1 day ago' : `${days} days ago`, exact };
}

export const formatNumber = (count: number): string => whole.format(count);

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
