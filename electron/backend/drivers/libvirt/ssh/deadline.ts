import { DroverError } from '#shared/contract/errors.ts';

/** A deadline that stands still while a person is being asked. */
export interface PausableDeadline {
  /** Stops the clock until the function it returns is called. */
  pause(): () => void;
  end(): void;
}

export function startDeadline(limitMs: number, expired: () => void): PausableDeadline {
  let leftMs = limitMs;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let pauses = 0;
  let ended = false;
  const run = (): void => {
    startedAt = performance.now();
    timer = setTimeout(() => {
      ended = true;
      expired();
    }, leftMs);
  };
  const halt = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  run();
  return {
    pause() {
      pauses += 1;
      if (pauses === 1 && !ended) {
        halt();
        leftMs = Math.max(1, leftMs - (performance.now() - startedAt));
      }
      let resumed = false;
      return () => {
        if (resumed) return;
        resumed = true;
        pauses -= 1;
        if (pauses === 0 && !ended) run();
      };
    },
    end() {
      ended = true;
      halt();
    },
  };
}

export interface Limits {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for `start`, at most so long and not beyond the signal. Whatever comes of it later is handed to `discard`, so
 * that a channel opened too late is closed again.
 */
export function within<T>(
  limits: { readonly deadlineMs: number; readonly signal: AbortSignal | undefined },
  tried: string,
  start: () => Promise<T>,
  discard: (late: T) => void,
): Promise<T> {
  const { deadlineMs, signal } = limits;
  return new Promise<T>((resolve, reject) => {
    let settled = false;
    const fail = (error: DroverError): void => {
      settled = true;
      stop();
      reject(error);
    };
    const onAbort = (): void => fail(cancelledError(tried));
    const timer = setTimeout(() => fail(tooLate(tried, deadlineMs)), deadlineMs);
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    start().then(
      (value) => {
        if (settled) return discard(value);
        stop();
        resolve(value);
      },
      (error: unknown) => {
        if (settled) return;
        stop();
        reject(error);
      },
    );
  });
}

export function cancelledError(tried: string): DroverError {
  return new DroverError({ code: 'cancelled', tried, cause: 'it was cancelled' });
}

export function tooLate(tried: string, deadlineMs: number): DroverError {
  return new DroverError({
    code: 'timed-out',
    tried,
    cause: `there was no answer within ${formatSeconds(deadlineMs)}`,
    next: 'Check that the host is not overloaded or cut off, and try again',
    details: { deadlineMs },
  });
}

export function formatSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
