import type { DroverClient } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';

/** Interrupts of this process, one at a time; the returned function stops listening. */
export type OnInterrupt = (listener: () => void) => () => void;

export interface Interrupts {
  /** Aborted by the first Ctrl-C that nobody listens to; its reason is a DroverError `interrupted`. */
  readonly signal: AbortSignal;
  /** Whoever waits for a task takes Ctrl-C upon itself meanwhile. */
  readonly on: OnInterrupt;
  /** Rejects with the signal's reason once it is aborted; what was begun is left to its own end. */
  orInterrupted<T>(work: Promise<T>): Promise<T>;
  end(): void;
}

/**
 * Ctrl-C of one command. The first one that nobody takes upon itself withdraws what the command asked, and lets it end
 * in order; one more, while it ends, calls `impatient`.
 */
export function watchInterrupts(impatient: (reason: DroverError) => void): Interrupts {
  const stop = new AbortController();
  const listeners: (() => void)[] = [];
  const interrupted = (): void => {
    const listener = listeners.at(-1);
    if (listener !== undefined) listener();
    else if (stop.signal.aborted) impatient(reasonOf());
    else stop.abort(reasonOf());
  };
  process.on('SIGINT', interrupted);
  return {
    signal: stop.signal,
    on(listener) {
      listeners.push(listener);
      return () => {
        const at = listeners.indexOf(listener);
        if (at >= 0) listeners.splice(at, 1);
      };
    },
    async orInterrupted(work) {
      work.catch(() => undefined);
      let end: () => void = () => undefined;
      const aborted = new Promise<never>((_, reject) => {
        const onAbort = () => reject(reasonOf());
        if (stop.signal.aborted) onAbort();
        stop.signal.addEventListener('abort', onAbort);
        end = () => stop.signal.removeEventListener('abort', onAbort);
      });
      try {
        return await Promise.race([work, aborted]);
      } finally {
        end();
      }
    },
    end: () => void process.off('SIGINT', interrupted),
  };
}

function reasonOf(): DroverError {
  return new DroverError({
    code: 'interrupted',
    tried: 'Do what the command was asked',
    cause: 'it was interrupted before it was done',
    next: 'Ask again if it is still wanted',
  });
}

/** The client with every question withdrawn once the signal is aborted, and none asked after. */
export function interruptible(client: DroverClient, signal: AbortSignal): DroverClient {
  return wrap(client, signal);
}

function wrap<T extends object>(client: T, signal: AbortSignal): T {
  return new Proxy(client, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' || (typeof value === 'object' && value !== null)
        ? wrap(value, signal)
        : value;
    },
    apply(target, _self, [input, options]: unknown[]) {
      signal.throwIfAborted();
      if (typeof target !== 'function') throw new TypeError('a procedure of the contract is a function');
      const own = isObject(options) && options['signal'] instanceof AbortSignal ? [options['signal']] : [];
      const all = { ...(isObject(options) ? options : {}), signal: AbortSignal.any([signal, ...own]) };
      return Reflect.apply(target, undefined, [input, all]);
    },
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
