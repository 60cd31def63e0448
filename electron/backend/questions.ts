import { setMaxListeners } from 'node:events';
import { toErrorData } from '#shared/contract/errors.ts';
import type { Clock } from './clock/clock.ts';

/** A question and what came of it: its answer, or why there is none. */
export type Asked<T> =
  | { readonly kind: 'told'; readonly value: T }
  | { readonly kind: 'failed'; readonly why: string };

interface AskLimits {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

type Ask<T> = (limits: AskLimits) => Promise<T>;

/** sshd lets one login have 10 sessions (MaxSessions); consoles and migrations want some of them too. */
const atOnce = 5;
const never = new AbortController().signal;
const stopping = { kind: 'failed', why: 'Drover is being stopped.' } as const;

/**
 * The questions to one host, a few at a time and each within its time, which begins when it is asked. A question that
 * fails, or is not answered in time, is an answer too; late answers are dropped. None waits once Drover is ending.
 */
export class Questions {
  readonly #clock: Clock;
  readonly #ending: AbortSignal;
  #asked = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock, ending: AbortSignal) {
    this.#clock = clock;
    this.#ending = ending;
  }

  async ask<T>(deadlineMs: number, ask: Ask<T>): Promise<Asked<T>> {
    return await this.#inTurn(() => this.#within(deadlineMs, ask, this.#ending));
  }

  /** For what takes something away again: also while Drover is ending. */
  async tidy<T>(deadlineMs: number, ask: Ask<T>): Promise<Asked<T>> {
    return await this.#inTurn(() => this.#within(deadlineMs, ask, never));
  }

  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#asked >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#asked += 1;
    try {
      return await ask();
    } finally {
      // The place goes to the next in line, or becomes free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#asked -= 1;
      else next();
    }
  }

  #within<T>(deadlineMs: number, ask: Ask<T>, ending: AbortSignal): Promise<Asked<T>> {
    if (ending.aborted) return Promise.resolve(stopping);
    const aborter = new AbortController();
    // One question can be many calls, all of which listen.
    setMaxListeners(0, aborter.signal);
    return new Promise((resolve) => {
      const settle = (answer: Asked<T>) => {
        takeBack();
        ending.removeEventListener('abort', end);
        resolve(answer);
      };
      const giveUp = (answer: Asked<T>) => {
        aborter.abort();
        settle(answer);
      };
      const end = () => giveUp(stopping);
      const takeBack = this.#clock.after(deadlineMs, () =>
        giveUp({ kind: 'failed', why: `There was no answer within ${deadlineMs / 1000} s.` }),
      );
      ending.addEventListener('abort', end);
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
