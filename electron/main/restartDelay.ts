const delaysMs = [250, 1_000, 3_000, 10_000, 30_000] as const;
/** A process that did its work for so long did not die of how it was started. */
const healthyAfterMs = 60_000;

/**
 * How long to wait before a process that ended unasked is started again, and how many such ends in a row that makes.
 * @param earlier ends in a row before this one  @param upMs how long it ran
 */
export function restartDelay(
  earlier: number,
  upMs: number,
): { readonly delayMs: number; readonly ends: number } {
  const ends = upMs >= healthyAfterMs ? 1 : earlier + 1;
  const delayMs = delaysMs[Math.min(ends, delaysMs.length) - 1] ?? 30_000;
  return { delayMs, ends };
}
