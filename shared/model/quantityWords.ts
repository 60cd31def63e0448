/** Three significant digits, without an exponent: 0.0123, 1.23, 12.3, 123. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.max(0, Math.min(3, 2 - magnitude));
  return String(Number(value.toFixed(decimals)));
}

const byteUnits = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** The unit in which the number has at most three digits before the point. */
export function scaleBytes(bytes: number): {
  readonly value: number;
  readonly unit: (typeof byteUnits)[number];
} {
  let value = bytes;
  let step = 0;
  while (Math.abs(value) >= 999.5 && step < byteUnits.length - 1) {
    value /= 1024;
    step += 1;
  }
  return { value, unit: byteUnits[step] ?? 'PiB' };
}

export function bytesInWords(bytes: number): string {
  const { value, unit } = scaleBytes(bytes);
  return `${threeDigits(value)} ${unit}`;
}

export function millisecondsInWords(durationMs: number): string {
  if (durationMs < 999.5) return `${threeDigits(roundTo(durationMs, durationMs < 10 ? 1 : 0))} ms`;
  if (durationMs < 59_950) return `${threeDigits(durationMs / 1000)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), hours < 48 ? 'day' : 'days', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
