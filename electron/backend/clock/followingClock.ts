import type { ClockReading } from '#shared/model/simulation.ts';
import type { Clock } from './clock.ts';
import { TimerQueue } from './timerQueue.ts';

/** Real; a reading that is so little behind what was worked out was only longer on its way than the one before. */
const jitterMs = 1000;

/**
 * The clock of a simulated cluster: follows the world's readings, and between two of them runs on at the rate of the
 * last. It stands while the world is paused or lost. `elapsed` never goes back: where a reading is a little behind, it
 * waits until that is caught up; where the world itself went back (it was started again from an older state), it goes
 * on from where it was.
 */
export class FollowingClock implements Clock {
  readonly #wall: Clock;
  #rate = 0;
  /** The cluster's time and the wall's `elapsed`, at the last reading. */
  #atMs = 0;
  #wallMs: number;
  #elapsedMs = 0;
  /** What `now` is when `elapsed` is 0. */
  #offsetMs = 0;
  #isSet = false;
  readonly #timers = new TimerQueue();
  #takeTimer: () => void = () => undefined;

  constructor(wall: Clock) {
    this.#wall = wall;
    this.#wallMs = wall.elapsed();
  }

  /** Timers still set. */
  get size(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#atMs + (this.#wall.elapsed() - this.#wallMs) * this.#rate;
  }

  elapsed(): number {
    this.#elapsedMs = Math.max(this.#elapsedMs, this.now() - this.#offsetMs);
    return this.#elapsedMs;
  }

  rate(): number {
    return this.#rate;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = this.#timers.add(this.elapsed() + milliseconds, callback);
    if (this.#timers.first() === timer) this.#arm();
    return () => {
      const wasFirst = this.#timers.first() === timer;
      if (this.#timers.remove(timer) && wasFirst) this.#arm();
    };
  }

  follow({ at, rate }: Pick<ClockReading, 'at' | 'rate'>): void {
    const elapsedMs = this.elapsed();
    const behindMs = this.now() - at;
    this.#atMs = at;
    this.#wallMs = this.#wall.elapsed();
    const wentBack = behindMs > jitterMs * Math.max(1, this.#rate, rate);
    if (!this.#isSet || wentBack) this.#offsetMs = at - elapsedMs;
    this.#isSet = true;
    this.#rate = rate;
    this.#fire();
  }

  /** Nobody knows how late it is there any more. */
  stand(): void {
    this.#atMs = this.now();
    this.#wallMs = this.#wall.elapsed();
    this.#rate = 0;
    this.#arm();
  }

  /** Drops every timer: whatever waits on a cluster that is removed is ended by whoever removes it. */
  close(): void {
    this.#timers.clear();
    this.stand();
  }

  #fire(): void {
    const now = this.elapsed();
    const { newest } = this.#timers;
    // One at a time: a callback may take back one that comes after it. What it adds waits for the next turn.
    for (let timer = this.#timers.first(); timer !== undefined && timer.dueMs <= now; ) {
      if (timer.order > newest) break;
      this.#timers.remove(timer);
      timer.callback();
      timer = this.#timers.first();
    }
    this.#arm();
  }

  #arm(): void {
    this.#takeTimer();
    this.#takeTimer = () => undefined;
    const first = this.#timers.first();
    if (this.#rate === 0 || first === undefined) return;
    const waitMs = Math.max(0, first.dueMs - (this.now() - this.#offsetMs)) / this.#rate;
    this.#takeTimer = this.#wall.after(Math.min(waitMs, longestWaitMs), () => this.#fire());
  }
}

/** setTimeout takes no more than 31 bits. */
const longestWaitMs = 3600_000;
