import type { Mirror } from './transferTypes.ts';

// The copy of a guest's disks, block by block (libvirt's copy over NBD, QEMU's drive-mirror). First all that is there,
// while what the guest writes behind the copy is to be copied again; then, until the switch, what it writes.

export function beginMirror(totalBytes: number, atMs: number): Mirror {
  return { totalBytes, sinceMs: atMs, remainingBytes: totalBytes, sentBytes: 0, ready: totalBytes <= 0 };
}

/** Of a link that memory shares, what the mirror takes: as much as it needs, but not more than half. */
export function mirrorTakes(mirror: Mirror, writeBytesPerSecond: number, bytesPerSecond: number): number {
  if (mirror.totalBytes <= 0) return 0;
  const half = bytesPerSecond / 2;
  return mirror.remainingBytes > 0 ? half : Math.min(writeBytesPerSecond, half);
}

/** When all of it has been copied for the first time; undefined where the guest writes as fast as the link carries. */
export function mirrorReadyMs(mirror: Mirror, writeRate: number, rate: number): number | undefined {
  const { remainingBytes, totalBytes, sinceMs } = mirror;
  if (remainingBytes <= 0) return sinceMs;
  if (rate <= writeRate) return undefined;
  if (writeRate <= 0) return sinceMs + (remainingBytes / rate) * 1000;
  const perSecond = writeRate / totalBytes;
  const beyond = (rate - writeRate) / perSecond;
  return sinceMs + (Math.log1p(remainingBytes / beyond) / perSecond) * 1000;
}

/**
 * The first copy as it stands at a moment. A write to what has been copied already is work anew, one to what has not is
 * not: dR/dt = -rate + writes x (T - R) / T, solved exactly.
 */
export function mirrorAt(mirror: Mirror, writeRate: number, rate: number, atMs: number): Mirror {
  const seconds = (atMs - mirror.sinceMs) / 1000;
  const { remainingBytes: begun, totalBytes } = mirror;
  if (seconds <= 0) return mirror;
  const perSecond = writeRate / totalBytes;
  const settles = writeRate <= 0 ? 0 : (totalBytes * (writeRate - rate)) / writeRate;
  // Written so that nearly equal numbers are not taken from each other where the guest hardly writes.
  const left =
    writeRate <= 0
      ? begun - rate * seconds
      : begun * Math.exp(-perSecond * seconds) - settles * Math.expm1(-perSecond * seconds);
  return {
    ...mirror,
    sinceMs: atMs,
    remainingBytes: Math.max(0, Math.min(totalBytes, left)),
    sentBytes: mirror.sentBytes + rate * seconds,
  };
}

/** The same once memory is under way: the guest's writes follow as far as there is room for them beside memory. */
export function mirrorBesideMemory(mirror: Mirror, writeRate: number, rate: number, atMs: number): Mirror {
  const seconds = (atMs - mirror.sinceMs) / 1000;
  if (seconds <= 0 || mirror.totalBytes <= 0) return mirror;
  const takes = mirrorTakes(mirror, writeRate, rate);
  const { remainingBytes: begun } = mirror;
  const left = Math.max(0, Math.min(mirror.totalBytes, begun + (writeRate - takes) * seconds));
  const sent = Math.min(takes * seconds, writeRate * seconds + begun - left);
  return { ...mirror, sinceMs: atMs, remainingBytes: left, sentBytes: mirror.sentBytes + sent };
}
