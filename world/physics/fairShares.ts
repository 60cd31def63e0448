/**
 * What a flow crosses: each link by name and direction (`server-a/up`, `server-a/down`: full duplex is two links), and
 * what it would take at most.
 */
export interface Flow {
  readonly links: readonly string[];
  /** Left out: as much as there is. */
  readonly capBytesPerSecond?: number;
}

export interface FlowShare {
  /** Its max-min fair share, never above its cap. */
  readonly bytesPerSecond: number;
  /** What it can send at in a short burst: its share and what all its links leave unused. */
  readonly burstBytesPerSecond: number;
}

/**
 * Max-min fair rates by progressive filling (Bertsekas and Gallager, Data Networks, 6.5.2): all flows grow alike until
 * a link is full or a cap is reached; those flows stay, the others grow on. A flow over a link that `links` does not
 * name, or of rate 0, gets 0. A flow that crosses no link gets its cap; it must have one. In the order of the flows.
 */
export function fairShares(
  links: Readonly<Record<string, number>>,
  flows: readonly Flow[],
): readonly FlowShare[] {
  const rates = flows.map(() => 0);
  const left = new Map(Object.entries(links));
  const open = new Set(flows.keys());
  const capOf = (index: number) => flows[index]?.capBytesPerSecond ?? Number.POSITIVE_INFINITY;
  const rateOf = (index: number) => rates[index] ?? 0;
  while (open.size > 0) {
    let step = Number.POSITIVE_INFINITY;
    const crossing = new Map<string, number>();
    for (const index of open) {
      for (const link of flows[index]?.links ?? []) crossing.set(link, (crossing.get(link) ?? 0) + 1);
      step = Math.min(step, capOf(index) - rateOf(index));
    }
    for (const [link, count] of crossing) step = Math.min(step, (left.get(link) ?? 0) / count);
    if (!Number.isFinite(step)) throw new RangeError('a flow over no link has no cap');
    for (const index of open) rates[index] = rateOf(index) + step;
    for (const [link, count] of crossing) left.set(link, Math.max(0, (left.get(link) ?? 0) - step * count));
    // What made the step the smallest is at its end up to rounding, so each turn closes at least one flow.
    for (const index of open) {
      const full = flows[index]?.links.some((link) => (left.get(link) ?? 0) <= 1e-9 * (links[link] ?? 0));
      const capped = rateOf(index) >= capOf(index) * (1 - 1e-12);
      if (capped) rates[index] = capOf(index);
      if (full === true || capped) open.delete(index);
    }
  }
  return flows.map((flow, index) => {
    const rate = rates[index] ?? 0;
    const spare = Math.min(...flow.links.map((link) => left.get(link) ?? 0));
    return { bytesPerSecond: rate, burstBytesPerSecond: rate + (Number.isFinite(spare) ? spare : 0) };
  });
}
