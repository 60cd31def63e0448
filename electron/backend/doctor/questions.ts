import { setMaxListeners } from 'node:events';
import { toErrorData } from '#shared/contract/errors.ts';
import type { Clock } from '../clock/clock.ts';
import type { Asked } from './facts.ts';
import { durationInWords } from './finding.ts';

interface AskLimits {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** sshd lets one login have 10 sessions (MaxSessions); consoles and migrations want some of them too. */
const atOnce = 5;

/**
 * The questions to one host, a few at a time and each within its time, which begins when it is asked. A question that
 * fails, or is not answered in time, is an answer too; late answers are dropped.
 */
export class Questions {
  readonly #clock: Clock;
  #asked = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async ask<T>(deadlineMs: number, ask: (limits: AskLimits) => Promise<T>): Promise<Asked<T>> {
    if (this.#asked >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#asked += 1;
    try {
      return await this.#within(deadlineMs, ask);
    } finally {
      // The place goes to the next in line, or becomes free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#asked -= 1;
      else next();
    }
  }

  #within<T>(deadlineMs: number, ask: (limits: AskLimits) => Promise<T>): Promise<Asked<T>> {
    const aborter = new AbortController();
    // One question can be many calls, all of which listen.
    setMaxListeners(0, aborter.signal);
    return new Promise((resolve) => {
      const takeBack = this.#clock.after(deadlineMs, () => {
        aborter.abort();
        resolve({ kind: 'failed', why: `There was no answer within ${durationInWords(deadlineMs)}.` });
      });
      const settle = (answer: Asked<T>) => {
        takeBack();
        resolve(answer);
      };
      // Within a promise, so that what throws at once is an answer as well.
      void Promise.resolve()
        .then(() => ask({ signal: aborter.signal, deadlineMs }))
        .then(
          (value) => settle({ kind: 'told', value }),
          (thrown: unknown) => settle({ kind: 'failed', why: toErrorData(thrown).message }),
        );
    });
  }
}
