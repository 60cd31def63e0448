import { pageBytes } from './guestMemory.ts';
import { drained, pageSpeed, totalOf } from './sending.ts';
import type { Behind, Transfer } from './transferTypes.ts';

// Post-copy (Hines and Gopalan 2009; QEMU's docs/devel/migration/postcopy.rst): the guest runs at the destination and
// waits for each page that it touches and lacks; the rest is sent behind it as fast as the link carries it.

const tenths = 10;

export function beginBehind(transfer: Transfer): Behind {
  return { tenthBytes: totalOf(transfer.sending.pages) / tenths, missing: missingOf(transfer) };
}

/** Of the pages the guest works on, the share that has not come. */
function missingOf({ sending, memory }: Transfer): number {
  const set = memory.writes.workingSetBytes;
  return set <= 0 ? 0 : Math.min(1, sending.pages.hot / set);
}

/**
 * The guest's pace behind what its CPU gives it, 0 to 1. Of the pages it would touch in a second it waits `faultMs` for
 * each that is missing, so it gets through 1 / (1 + touched x missing x wait) of its work.
 */
export function progressBehind(transfer: Transfer): number {
  if (transfer.behind === undefined) return 1;
  const touched = (transfer.memory.writes.bytesPerSecond * transfer.pace.memory) / pageBytes;
  return 1 / (1 + touched * transfer.behind.missing * (transfer.settings.costs.faultMs / 1000));
}

/** Bytes of pages a second, or 0. */
function speedBehind(transfer: Transfer): number {
  const { sending, settings, rate } = transfer;
  return pageSpeed(sending.pages, {
    bytesPerSecond: rate.burstBytesPerSecond,
    costs: settings.costs,
    firstRound: false,
  }).perSecond;
}

function tenthOf(transfer: Transfer): number {
  // The last tenth takes what rounding left.
  const left = totalOf(transfer.sending.pages);
  const tenth = transfer.behind?.tenthBytes ?? left;
  return left < tenth * 1.5 ? left : tenth;
}

/** When the present tenth is through; undefined while the link carries nothing. */
export function tenthEndsMs(transfer: Transfer): number | undefined {
  const speed = speedBehind(transfer);
  const bytes = tenthOf(transfer);
  if (bytes <= 0) return transfer.sending.atMs;
  return speed <= 0 ? undefined : transfer.sending.atMs + (bytes / speed) * 1000;
}

/** With what came until a moment within the present tenth: first what the guest waited for, then the rest in order. */
export function sentBehind(transfer: Transfer, atMs: number): Transfer {
  const { sending, memory, pace } = transfer;
  const seconds = Math.max(0, atMs - sending.atMs) / 1000;
  const speed = speedBehind(transfer);
  const bytes = Math.min(totalOf(sending.pages), speed * seconds);
  if (bytes <= 0) return { ...transfer, sending: { ...sending, atMs } };
  const touched = memory.writes.bytesPerSecond * pace.memory * progressBehind(transfer) * seconds;
  const waitedFor = Math.min(bytes, sending.pages.hot, touched * (transfer.behind?.missing ?? 0));
  const { wire } = pageSpeed(sending.pages, {
    bytesPerSecond: speed,
    costs: transfer.settings.costs,
    firstRound: false,
  });
  const pages = drained({ ...sending.pages, hot: sending.pages.hot - waitedFor }, bytes - waitedFor);
  return {
    ...transfer,
    sending: { ...sending, atMs, pages, sentBytes: sending.sentBytes + bytes * wire },
  };
}

/** The present tenth is through. */
export function nextTenth(transfer: Transfer, atMs: number): Transfer {
  const bytes = tenthOf(transfer);
  const through = sentBehind(transfer, atMs);
  const lastTenth = bytes >= totalOf(transfer.sending.pages);
  const pages = lastTenth ? { zero: 0, cold: 0, hot: 0 } : through.sending.pages;
  const moved = { ...through, sending: { ...through.sending, pages } };
  const { behind } = moved;
  return behind === undefined ? moved : { ...moved, behind: { ...behind, missing: missingOf(moved) } };
}
