import { DroverError } from '#shared/contract/errors.ts';
import type { Clock } from '../../clock/clock.ts';
import type { CallOptions, LinkState, Unsubscribe } from '../drivers.ts';

/** Where a host's link stands just now, for whoever asks, waits or wants to be told. */
export class LinkStanding {
  readonly #name: string;
  readonly #listeners = new Set<(state: LinkState) => void>();
  #state: LinkState = { state: 'connecting' };

  constructor(name: string) {
    this.#name = name;
  }

  get state(): LinkState {
    return this.#state;
  }

  subscribe(listener: (state: LinkState) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(state: LinkState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  /** Nobody is told any more. */
  close(): void {
    this.#listeners.clear();
  }

  /**
   * Resolves when connected; rejects with the reason of the first try that ended otherwise, or `timed-out`. The deadline
   * is measured by `clock`.
   */
  async connected(clock: Clock, { signal, deadlineMs }: CallOptions = {}): Promise<void> {
    if (this.#state.state === 'connected') return;
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        end();
        stopTimer();
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const look = (state: LinkState) => {
        if (state.state === 'connected') finish(resolve);
        else if (state.state !== 'connecting') finish(() => reject(DroverError.fromData(state.error)));
      };
      const onAbort = () => finish(() => reject(this.down()));
      const end = this.subscribe(look);
      const stopTimer =
        deadlineMs === undefined
          ? () => undefined
          : clock.after(deadlineMs, () =>
              finish(() =>
                reject(
                  new DroverError({
                    code: 'timed-out',
                    tried: `Connect to ${this.#name}`,
                    cause: `it did not answer within ${deadlineMs} ms`,
                    next: 'Check that it is up and can be reached',
                  }),
                ),
              ),
            );
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted === true) onAbort();
      else look(this.#state);
    });
  }

  /** What it says to whoever asks while it is down. */
  down(): DroverError {
    const state = this.#state;
    const reason =
      state.state === 'unreachable' || state.state === 'needs-attention'
        ? state.error.message
        : 'the connection is still being made';
    return new DroverError({
      code: 'host-unreachable',
      tried: `Ask ${this.#name}`,
      cause: `it does not answer just now: ${reason}`,
      next: 'Drover keeps trying; look at the host for what it needs',
    });
  }
}
