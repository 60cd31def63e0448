import { InvalidArgumentError } from 'commander';

/** `50MiB/s` (or `50`, MiB/s being libvirt's unit) to whole MiB/s. */
export function parseBandwidth(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(MiB\/s|GiB\/s|MB\/s|Mbit\/s|Gbit\/s)?$/i.exec(text.trim());
  const [, digits, unit] = match ?? [];
  if (digits === undefined) {
    throw new InvalidArgumentError('write a rate such as 50MiB/s, 1GiB/s or 400Mbit/s.');
  }
  const perSecond = Number(digits) * (bytesPerUnit[(unit ?? 'MiB/s').toLowerCase()] ?? 0);
  const rate = Math.round(perSecond / 1_048_576);
  if (rate < 1) throw new InvalidArgumentError('libvirt takes whole MiB/s; the least is 1MiB/s.');
  return rate;
}

const bytesPerUnit: Readonly<Record<string, number>> = {
  'mib/s': 1_048_576,
  'gib/s': 1_073_741_824,
  'mb/s': 1_000_000,
  'mbit/s': 125_000,
  'gbit/s': 125_000_000,
};

/** `100ms`, `1.5s` or `100` (milliseconds) to milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/i.exec(text.trim());
  const [, digits, unit] = match ?? [];
  const milliseconds = Math.round(Number(digits ?? Number.NaN) * (unit?.toLowerCase() === 's' ? 1000 : 1));
  if (!Number.isFinite(milliseconds) || milliseconds < 1) {
    throw new InvalidArgumentError('write a duration such as 100ms or 1.5s.');
  }
  return milliseconds;
}

const longestPatienceSeconds = 3600;

/** `90s`, `5min` or `90` (seconds) to whole seconds, as many as the contract takes. */
export function parsePatience(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(s|min)?$/i.exec(text.trim()) ?? [];
  const seconds = Math.ceil(Number(digits ?? Number.NaN) * (unit?.toLowerCase() === 'min' ? 60 : 1));
  if (!Number.isFinite(seconds) || seconds < 1 || seconds > longestPatienceSeconds) {
    throw new InvalidArgumentError('write a duration from 1s to 60min, such as 90s.');
  }
  return seconds;
}

/** As many tasks as the contract hands out at once. */
const mostTasks = 1000;

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > mostTasks) {
    throw new InvalidArgumentError(`a count is a number from 1 to ${mostTasks}.`);
  }
  return count;
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  }
  return port;
}

const mostSeed = 4_294_967_295;

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed <= mostSeed) return seed;
  throw new InvalidArgumentError(`a seed is a whole number from 0 to ${mostSeed}.`);
}

/** Of a simulated clock: `60` or `x60`. */
export function parseRate(text: string): number {
  const rate = Number(text.replace(/^x/i, ''));
  if (rate >= 1 && rate <= 600) return rate;
  throw new InvalidArgumentError('a rate is a number from 1 to 600, such as 60 or x60.');
}

const stretchUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const dayMs = 86_400_000;
const longestHorizonDays = 366;

/** Simulated time: `30s`, `10min` or `2h` to milliseconds. */
export function parseStretch(text: string): number {
  const milliseconds = stretchOf(text);
  if (milliseconds >= 1 && milliseconds <= dayMs) return milliseconds;
  throw new InvalidArgumentError('write a duration up to a day, such as 30s, 10min or 2h.');
}

/** How long is simulated: `90min`, `24h` or `7d` to milliseconds. */
export function parseHorizon(text: string): number {
  const milliseconds = stretchOf(text);
  if (milliseconds >= 1000 && milliseconds <= longestHorizonDays * dayMs) return milliseconds;
  throw new InvalidArgumentError(
    `write a duration from 1s to ${longestHorizonDays}d, such as 90min, 24h or 7d.`,
  );
}

/** Between two rows of a series: `10s`, `60s` or `5min` to milliseconds. */
export function parseInterval(text: string): number {
  const milliseconds = stretchOf(text);
  if (milliseconds >= 1000 && milliseconds <= dayMs) return milliseconds;
  throw new InvalidArgumentError('write a duration from 1s to a day, such as 10s, 60s or 5min.');
}

function stretchOf(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)$/i.exec(text.trim()) ?? [];
  return Math.round(Number(digits) * (stretchUnits[(unit ?? '').toLowerCase()] ?? Number.NaN));
}
