export interface BackOff {
  readonly firstMs: number;
  readonly factor: number;
  readonly longestMs: number;
}

export const defaultBackOff: BackOff = { firstMs: 1_000, factor: 2, longestMs: 60_000 };

/**
 * How long to wait before attempt `failures + 1`. Half of it is random, so that a console with a hundred hosts behind
 * one dead switch does not knock on all of them in the same instant.
 * @param random at least 0, below 1
 */
export function delayBefore(failures: number, random: number, backOff: BackOff = defaultBackOff): number {
  // 2^60 is far past any cap; the power of a large count would be infinite, and infinity times zero is no number.
  const exponent = Math.min(Math.max(0, failures - 1), 60);
  const whole = Math.min(backOff.longestMs, backOff.firstMs * backOff.factor ** exponent);
  return Math.round(whole / 2 + (whole / 2) * random);
}
