import type { Clock } from '../../../clock/clock.ts';

export interface KeepaliveOptions {
  readonly intervalMs: number;
  /** Pings left unanswered before the other side counts as dead. */
  readonly count: number;
}

/**
 * Notices a silent other side: after each interval without a word it pings, and after `count` pings without one it
 * reports death. Anything received counts as a word, as in libvirt (virkeepalive.c).
 */
export class Keepalive {
  readonly #options: KeepaliveOptions;
  readonly #clock: Clock;
  readonly #actions: KeepaliveActions;
  #lastHeardMs: number;
  #unanswered = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(options: KeepaliveOptions, clock: Clock, actions: KeepaliveActions) {
    this.#options = options;
    this.#clock = clock;
    this.#actions = actions;
    this.#lastHeardMs = clock.elapsed();
    this.#schedule(options.intervalMs);
  }

  heard(): void {
    this.#lastHeardMs = this.#clock.elapsed();
    this.#unanswered = 0;
  }

  stop(): void {
    this.#cancelTimer();
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer = this.#clock.after(delayMs, () => this.#check());
  }

  #check(): void {
    const { intervalMs, count } = this.#options;
    const silentMs = this.#clock.elapsed() - this.#lastHeardMs;
    if (silentMs < intervalMs) return this.#schedule(intervalMs - silentMs);
    if (this.#actions.deaf()) return this.#schedule(intervalMs);
    if (this.#unanswered >= count) return this.#actions.dead(silentMs);
    this.#unanswered += 1;
    this.#schedule(intervalMs);
    this.#actions.ping();
  }
}

export interface KeepaliveActions {
  ping(): void;
  dead(silentMs: number): void;
  /** True while we ourselves do not read: then silence says nothing about the other side. */
  deaf(): boolean;
}
