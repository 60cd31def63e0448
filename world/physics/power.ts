/**
 * Watts of a whole machine by how busy its CPUs are: at 0, 10, ... 100 %, straight lines between. The form in which
 * SPECpower_ssj2008 results are published, and in which CloudSim reads them (Beloglazov and Buyya 2012).
 */
export type PowerCurve = readonly number[];

/** `busyShare` from 0 to 1, held to that. A curve of one point is flat; one without any draws nothing. */
export function wattsAt(curve: PowerCurve, busyShare: number): number {
  const last = curve.length - 1;
  const along = Math.min(1, Math.max(0, busyShare)) * last;
  const below = Math.max(0, Math.min(last - 1, Math.floor(along)));
  const low = curve[below] ?? 0;
  const high = curve[below + 1] ?? low;
  return low + (high - low) * (along - below);
}
