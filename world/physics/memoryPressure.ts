/** What a host short of memory does to its guests. */
export interface MemoryPressure {
  /** On the host's swap space. */
  readonly swappedMiB: number;
  /** Of its full speed, 0 to 1, each guest gets: the rest it waits for pages. */
  readonly pace: number;
  /** Read from swap and written to it, bytes a second each. */
  readonly bytesPerSecond: number;
}

const none: MemoryPressure = { swappedMiB: 0, pace: 1, bytesPerSecond: 0 };
const mebibyte = 1024 ** 2;
/**
 * Pages that a busy guest touches and that may not be there, each with a wait for the disk: a guest whose pages are
 * swapped out in part s runs at 1 / (1 + touches x s x wait). As for the faults of post-copy, but from a disk of its own.
 */
const touchesPerSecond = 20_000;
const waitSeconds = 0.0005;
const pageBytes = 4096;

/**
 * What does not fit into `roomMiB` of what guests have touched is swapped out, evenly of all that they touched: no guest
 * is chosen. Faults are paced by the guests' own waiting, so the disk is asked for what they get through.
 */
export function memoryPressure(touchedMiB: number, roomMiB: number, busyGuests: number): MemoryPressure {
  if (touchedMiB <= roomMiB || touchedMiB <= 0) return none;
  const swappedMiB = Math.min(touchedMiB, touchedMiB - Math.max(0, roomMiB));
  const pace = 1 / (1 + touchesPerSecond * (swappedMiB / touchedMiB) * waitSeconds);
  const faults = touchesPerSecond * (swappedMiB / touchedMiB) * pace * busyGuests;
  return { swappedMiB, pace, bytesPerSecond: Math.min(faults * pageBytes, mostMiBPerSecond * mebibyte) };
}

/** Of the disk that swap lies on. */
const mostMiBPerSecond = 450;
