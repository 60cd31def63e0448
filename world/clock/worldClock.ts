import type { Happening } from '#shared/model/happening.ts';
import { type ClockJump, type ClockReading, mostTold } from '#shared/model/simulation.ts';
import type { World } from '../state/world.ts';
import { expectsSomething, nothingIsDue } from './nextEvent.ts';

/** Real time, as the process has it and tests play it. Milliseconds since a moment of no meaning. */
export interface RealTime {
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
}

export const realTime: RealTime = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A console that says nothing for so long does not slow the world down any more. */
export const consolePatienceMs = 5000;
const lookEveryMs = 1000;
/** A jump goes no further. */
const jumpMostMs = 86_400_000;
/** So long at a stretch the model may run before consoles are heard again. */
const stretchMs = 20;

/**
 * Lets simulated time pass as real time does, times the rate. What cannot keep up falls behind and does not catch up.
 * `isHeld`: a migration waits for a console, whose own milliseconds must not become seconds of its downtime.
 */
export class WorldClock {
  readonly #world: World;
  readonly #real: RealTime;
  readonly #isHeld: () => boolean;
  #stepping = false;
  #anchor: { readonly realAt: number; readonly at: number; readonly rate: number };
  #endTimer: () => void = () => undefined;
  #toldRate: number;
  #stopped = false;

  constructor(world: World, real: RealTime, isHeld: () => boolean) {
    this.#world = world;
    this.#real = real;
    this.#isHeld = isHeld;
    this.#anchor = { realAt: real.now(), at: world.now, rate: this.#rate() };
    this.#toldRate = this.#rate();
    world.onScheduled = () => this.#wake();
    this.#wake();
  }

  reading(): ClockReading {
    this.advance();
    const { rate: chosenRate, paused } = this.#world.state.clock;
    return { at: this.#world.now, rate: this.#rate(), chosenRate, paused };
  }

  set({ rate, paused }: { readonly rate?: number; readonly paused?: boolean }): void {
    this.advance();
    const { clock } = this.#world.state;
    if (rate !== undefined) clock.rate = rate;
    if (paused !== undefined) clock.paused = paused;
    this.#drop();
    this.#wake();
    this.#world.changed();
  }

  /** Runs on by so much, as fast as it can; at x1 while a migration waits for its console. */
  async step(milliseconds: number): Promise<void> {
    this.advance();
    await this.#runOn(this.#world.now + milliseconds, () => false);
  }

  /** Runs on in the same way until something happens. @throws DroverError `refused-by-rule` where nothing will */
  async jump(): Promise<ClockJump> {
    this.advance();
    const goal = this.#world.now + jumpMostMs;
    if (!expectsSomething(this.#world, goal)) throw nothingIsDue();
    const happenings: Happening[] = [];
    const end = this.#world.subscribeHappenings((happening) => happenings.push(happening));
    try {
      await this.#runOn(goal, () => happenings.length > 0);
    } finally {
      end();
    }
    const told = happenings.slice(0, mostTold);
    return { at: this.#world.now, happenings: told, more: happenings.length - told.length };
  }

  async #runOn(goal: number, isThere: () => boolean): Promise<void> {
    this.#stepping = true;
    try {
      while (this.#world.now < goal && !isThere() && !this.#stopped) {
        if (this.#isHeld()) await this.#stepAsRealTime(goal, isThere);
        else {
          this.#run(goal, () => isThere() || this.#isHeld());
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    } finally {
      this.#stepping = false;
      this.#drop();
      this.#wake();
      this.#world.changed();
    }
  }

  /** Brings the world to the present moment; before anything is asked of it or told to it. */
  advance(): void {
    if (this.#stepping || this.#stopped) return;
    const realNow = this.#real.now();
    for (;;) {
      const { realAt, at, rate } = this.#anchor;
      if (this.#rate() !== rate) this.#drop();
      const goal = at + (realNow - realAt) * rate;
      if (this.#run(goal, () => this.#rate() !== rate)) break;
      if (this.#rate() === rate) {
        this.#drop();
        break;
      }
      // The rate changed on the way: the rest of the time passes at the new one.
      const passed = rate === 0 ? 0 : (this.#world.now - at) / rate;
      this.#anchor = { realAt: Math.min(realNow, realAt + passed), at: this.#world.now, rate: this.#rate() };
    }
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#endTimer();
  }

  #rate(): number {
    const { rate, paused } = this.#world.state.clock;
    if (paused) return 0;
    return this.#isHeld() ? Math.min(1, rate) : rate;
  }

  /** From here on, whatever has been missed. */
  #drop(): void {
    this.#anchor = { realAt: this.#real.now(), at: this.#world.now, rate: this.#rate() };
  }

  #run(goal: number, stop: () => boolean): boolean {
    const until = this.#real.now() + stretchMs;
    return this.#world.runTo(goal, () => stop() || this.#real.now() > until);
  }

  async #stepAsRealTime(goal: number, isThere: () => boolean): Promise<void> {
    const before = this.#real.now();
    await new Promise<void>((resolve) => this.#real.after(4, resolve));
    this.#world.runTo(Math.min(goal, this.#world.now + this.#real.now() - before), isThere);
  }

  #wake(): void {
    this.#endTimer();
    if (this.#stopped) return;
    const rate = this.#rate();
    // Consoles reckon with what they were told last.
    if (rate !== this.#toldRate) {
      this.#toldRate = rate;
      this.#world.changed();
    }
    const nextAt = this.#world.nextAt();
    const waitMs = nextAt === undefined ? Number.POSITIVE_INFINITY : nextAt - this.#world.now;
    const dueIn = waitMs <= 0 ? 0 : rate === 0 ? lookEveryMs : waitMs / rate;
    this.#endTimer = this.#real.after(Math.min(lookEveryMs, Math.ceil(dueIn)), () => this.advance());
  }
}
