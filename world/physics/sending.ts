import { type Compression, compressed } from './compression.ts';
import { pageBytes } from './guestMemory.ts';
import { lookThresholdBytes, type StopRule } from './stopRule.ts';
import type { Pages, Sending, TransferCosts } from './transferTypes.ts';

// How QEMU sends pages (migration.c, savevm.c, ram.c of 7.2). Time goes by in windows of 100 ms. Under a cap each window
// sends its tenth of a second's worth as fast as the link takes it and sleeps out the rest; then the bandwidth is
// measured and with it the remainder below which it looks again. Within a window pages go out in chunks of at most
// 50 ms, and before each chunk the remainder is compared: so a look may come in the middle of a burst, and a look that
// comes within milliseconds of the last one finds hardly a dirty page. Whole windows that are alike are leapt over.

const windowMs = 100;
const chunkMs = 50;
/** A page on the wire: its header, and its content or, of a zero page, one byte. */
const pageWire = (pageBytes + 8) / pageBytes;
const zeroPageWire = 9 / pageBytes;

/** What sending runs into, apart from the pages themselves. */
export interface Pipe {
  /** Of the link, within a burst. */
  readonly bytesPerSecond: number;
  /** What a window may send; left out where there is no cap. */
  readonly budgetBytes?: number;
  readonly costs: TransferCosts;
  readonly stop: StopRule;
  readonly compression?: Compression;
  /** No page has been sent twice yet: also those of the working set are new to the destination. */
  readonly firstRound: boolean;
}

export function totalOf(pages: Pages): number {
  return pages.zero + pages.cold + pages.hot;
}

/** The same mix of pages, with so many bytes of them sent. */
export function drained(pages: Pages, bytes: number): Pages {
  const total = totalOf(pages);
  if (bytes >= total) return { zero: 0, cold: 0, hot: 0 };
  const left = 1 - bytes / total;
  return { zero: pages.zero * left, cold: pages.cold * left, hot: pages.hot * left };
}

/**
 * Bytes of pages a second within a burst, and bytes on the wire for each. Link, sending thread and destination work
 * side by side: the slowest of them sets the pace.
 */
export function pageSpeed(
  pages: Pages,
  pipe: Pick<Pipe, 'bytesPerSecond' | 'costs' | 'firstRound' | 'compression'>,
): { readonly perSecond: number; readonly wire: number } {
  const total = totalOf(pages);
  const data = pages.cold + pages.hot;
  const fresh = pages.cold + (pipe.firstRound ? pages.hot : 0);
  const { ratio, threadBytesPerSecond } = compressed(
    pipe.compression,
    pipe.firstRound,
    pipe.costs.threadBytesPerSecond,
  );
  const wireBytes = data * pageWire * ratio + pages.zero * zeroPageWire;
  if (total <= 0) return { perSecond: 0, wire: pageWire };
  if (pipe.bytesPerSecond <= 0) return { perSecond: 0, wire: wireBytes / total };
  const { scanBytesPerSecond, firstTouchBytesPerSecond } = pipe.costs;
  const seconds = Math.max(
    wireBytes / pipe.bytesPerSecond,
    data / threadBytesPerSecond + pages.zero / scanBytesPerSecond,
    fresh / firstTouchBytesPerSecond + (data - fresh) / pipe.costs.threadBytesPerSecond,
  );
  return { perSecond: total / seconds, wire: wireBytes / total };
}

/**
 * Sending goes on until it looks at what became dirty (`looks`), or until `untilMs`. With an infinite `untilMs` and a
 * link that carries nothing, undefined: it never looks.
 */
export function send(
  sending: Sending,
  pipe: Pipe,
  untilMs: number,
): { readonly sending: Sending; readonly looks: boolean } | undefined {
  const { perSecond, wire } = pageSpeed(sending.pages, pipe);
  if (perSecond <= 0 && totalOf(sending.pages) > 0) {
    return Number.isFinite(untilMs) ? { sending: standStill(sending, untilMs), looks: false } : undefined;
  }
  let now = sending;
  for (;;) {
    const left = totalOf(now.pages);
    if (left <= 0 || left < now.thresholdBytes) return { sending: now, looks: true };
    if (now.atMs >= untilMs) return { sending: now, looks: false };
    const leapt = leapWindows(now, pipe, perSecond, wire, untilMs);
    if (leapt !== undefined) {
      now = leapt;
      continue;
    }
    if (sleeps(now, pipe)) {
      const wakesMs = Math.max(now.atMs, now.windowMs + windowMs + pipe.costs.wakeMs);
      if (wakesMs > untilMs) return { sending: { ...now, atMs: untilMs }, looks: false };
      now = nextWindow(now, pipe.stop, wakesMs);
      continue;
    }
    now = sendChunk(now, pipe, perSecond, wire, untilMs);
    // A millisecond early is in time: QEMU's clock here counts whole ones.
    if (now.atMs >= now.windowMs + windowMs - 1 && !sleeps(now, pipe))
      now = nextWindow(now, pipe.stop, now.atMs);
  }
}

function sleeps(now: Sending, pipe: Pipe): boolean {
  return pipe.budgetBytes !== undefined && now.usedBytes >= pipe.budgetBytes;
}

function sendChunk(now: Sending, pipe: Pipe, perSecond: number, wire: number, untilMs: number): Sending {
  const left = totalOf(now.pages);
  const allowed =
    pipe.budgetBytes === undefined ? Number.POSITIVE_INFINITY : (pipe.budgetBytes - now.usedBytes) / wire;
  const inChunk = (perSecond * chunkMs) / 1000;
  const bytes = Math.min(left, allowed, inChunk);
  const endMs = now.atMs + (bytes / perSecond) * 1000;
  if (endMs > untilMs) {
    const part = (perSecond * (untilMs - now.atMs)) / 1000;
    return sentSoFar(now, part, wire, untilMs);
  }
  const sent = sentSoFar(now, bytes, wire, endMs);
  // To the byte: rounding must not leave a budget of next to nothing.
  return bytes === allowed && pipe.budgetBytes !== undefined
    ? { ...sent, usedBytes: pipe.budgetBytes }
    : sent;
}

function sentSoFar(now: Sending, bytes: number, wire: number, atMs: number): Sending {
  return {
    ...now,
    atMs,
    pages: drained(now.pages, bytes),
    usedBytes: now.usedBytes + bytes * wire,
    sentBytes: now.sentBytes + bytes * wire,
  };
}

/** Measures the window that ends and begins the next. */
function nextWindow(now: Sending, stop: StopRule, atMs: number): Sending {
  const bandwidth = (now.usedBytes / (atMs - now.windowMs)) * 1000;
  return {
    ...now,
    atMs,
    windowMs: atMs,
    usedBytes: 0,
    bandwidthBytesPerSecond: bandwidth,
    thresholdBytes: lookThresholdBytes(stop, bandwidth),
  };
}

/** Windows that are full and alike and in which it does not look: from one's beginning to a later one's. */
function leapWindows(
  now: Sending,
  pipe: Pipe,
  perSecond: number,
  wire: number,
  untilMs: number,
): Sending | undefined {
  if (now.usedBytes > 0 || now.atMs > now.windowMs) return undefined;
  const unhindered = (perSecond * windowMs) / 1000;
  const capped = pipe.budgetBytes !== undefined && pipe.budgetBytes <= unhindered * wire;
  const wireBytes = capped ? pipe.budgetBytes : unhindered * wire;
  const lengthMs = capped ? windowMs + pipe.costs.wakeMs : windowMs;
  const bandwidth = (wireBytes / lengthMs) * 1000;
  const threshold = lookThresholdBytes(pipe.stop, bandwidth);
  const bytes = wireBytes / wire;
  // One window more than needed is kept back: a look may fall on a chunk within it.
  const windows = Math.min(
    Math.floor((totalOf(now.pages) - Math.max(threshold, now.thresholdBytes)) / bytes) - 1,
    Math.floor((untilMs - now.windowMs) / lengthMs),
  );
  if (windows < 1) return undefined;
  const atMs = now.windowMs + windows * lengthMs;
  return {
    ...now,
    atMs,
    windowMs: atMs,
    pages: drained(now.pages, windows * bytes),
    sentBytes: now.sentBytes + windows * wireBytes,
    bandwidthBytesPerSecond: bandwidth,
    thresholdBytes: threshold,
  };
}

function standStill(now: Sending, untilMs: number): Sending {
  if (untilMs - now.windowMs < windowMs) return { ...now, atMs: Math.max(now.atMs, untilMs) };
  return {
    ...now,
    atMs: untilMs,
    windowMs: untilMs,
    usedBytes: 0,
    bandwidthBytesPerSecond: 0,
    thresholdBytes: 0,
  };
}
