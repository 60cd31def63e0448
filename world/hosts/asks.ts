import { type GuestPhase, nextPatternChange, patternCores, rippleAt, slotEnd } from '../physics/workload.ts';
import type { SurgeState } from '../state/state.ts';
import type { GuestNature } from './guests.ts';
import { nextSurgeChange, surgedTimes } from './surges.ts';

/** A guest as what it asks for hangs on it. */
export interface Asking {
  readonly nature: GuestNature;
  readonly phase: GuestPhase;
  readonly surges: readonly SurgeState[];
  readonly throttlePercent: number;
  readonly progress: number;
}

// What the guests of a host ask for, in numbers that lie side by side: each slot of a data centre goes through ten
// thousand of them, and to look each up in its objects takes longer than to reckon with it.
export const askFields = 14;
/** Cores by its pattern, surges counted in, and until when; its vCPUs, and what a throttle leaves of them. */
const pattern = 0;
const patternUntilMs = 1;
export const vcpus = 2;
const awakeCores = 3;
/** Its noise; a share of 0 where it has none. */
const noiseShare = 4;
const noiseSlotMs = 5;
export const stream = 6;
/** Beside what its CPU share gives: see `guestProgress`. */
export const progress = 7;
/** Bytes for each second of a core, and those that it reads while it boots, a second. */
export const diskRead = 8;
export const diskWrite = 9;
export const networkReceive = 10;
export const networkSend = 11;
export const bootRead = 12;
/** Bytes of memory that it touches; not a number where it has not booted or says nothing new of itself. */
export const touched = 13;

/** All fields of one row, as of a slot's begin. */
export function setAsk(asks: Float64Array, row: number, guest: Asking, slotAt: number): void {
  const at = row * askFields;
  const { nature, phase } = guest;
  const { noise, rates, boot } = nature.workload;
  const isRunning = phase === 'running';
  // A kernel that hangs turns on one of its CPUs.
  const own = phase === 'hung' ? 1 : nature.definition.vcpus;
  asks[at + vcpus] = own;
  asks[at + awakeCores] = own * (1 - guest.throttlePercent / 100);
  asks[at + noiseShare] = isRunning ? (noise?.share ?? 0) : 0;
  asks[at + noiseSlotMs] = noise?.slotMs ?? 1;
  asks[at + stream] = nature.stream;
  asks[at + progress] = guest.progress;
  asks[at + diskRead] = isRunning ? rates.diskRead : 0;
  asks[at + diskWrite] = isRunning ? rates.diskWrite : 0;
  asks[at + networkReceive] = isRunning ? rates.networkReceive : 0;
  asks[at + networkSend] = isRunning ? rates.networkSend : 0;
  asks[at + touched] = isRunning ? nature.touchedBytes : Number.NaN;
  asks[at + bootRead] = phase === 'booting' ? boot.diskReadBytesPerSecond : 0;
  setPattern(asks, at, guest, slotAt);
}

function setPattern(asks: Float64Array, at: number, guest: Asking, slotAt: number): void {
  const { nature, phase, surges } = guest;
  asks[at + patternUntilMs] = Number.POSITIVE_INFINITY;
  switch (phase) {
    case 'off':
    case 'paused':
      asks[at + pattern] = 0;
      return;
    case 'hung':
      asks[at + pattern] = asks[at + vcpus] ?? 0;
      return;
    case 'booting':
      asks[at + pattern] = nature.workload.boot.cores;
      return;
    case 'running': {
      const { cpu } = nature.workload;
      asks[at + pattern] = patternCores(cpu, nature.stream, slotAt) * surgedTimes(surges, slotAt);
      asks[at + patternUntilMs] = Math.min(nextPatternChange(cpu, slotAt), nextSurgeChange(surges, slotAt));
      return;
    }
    default:
      phase satisfies never;
  }
}

/** What a guest asks for in the slot that begins at `slotAt`, cores. */
export function demandOf(asks: Float64Array, row: number, guest: Asking, slotAt: number): number {
  const at = row * askFields;
  if ((asks[at + patternUntilMs] ?? 0) <= slotAt) setPattern(asks, at, guest, slotAt);
  const share = asks[at + noiseShare] ?? 0;
  const cores = asks[at + pattern] ?? 0;
  const rippled =
    share > 0 ? cores * rippleAt(asks[at + stream] ?? 0, share, asks[at + noiseSlotMs] ?? 1, slotAt) : cores;
  return Math.max(0, Math.min(asks[at + vcpus] ?? 0, rippled));
}

/** What it would run on if it did not have to share. */
export function wantOf(asks: Float64Array, row: number, demandCores: number): number {
  return Math.min(demandCores, asks[row * askFields + awakeCores] ?? 0);
}

/** When it may next ask for something else. */
export function nextAskChange(asks: Float64Array, row: number, slotAt: number): number {
  const at = row * askFields;
  const until = asks[at + patternUntilMs] ?? 0;
  return (asks[at + noiseShare] ?? 0) > 0
    ? Math.min(until, slotEnd(asks[at + noiseSlotMs] ?? 1, slotAt))
    : until;
}
