import { DroverError, type ErrorCode } from '#shared/contract/errors.ts';
import type { Clock } from '../../clock/clock.ts';
import { type BackOff, defaultBackOff, delayBefore } from './backOff.ts';

/** What can be kept connected: an SSH login, or a libvirt connection over one. */
export interface Keepable {
  close(): unknown;
  /** Must call the listener even when the connection has ended already. */
  onClose(listener: (reason: DroverError) => void): () => void;
}

export type ReconnectState<T> =
  | {
      readonly kind: 'connecting' /** 1 the first time, and after a connection that held. */;
      readonly attempt: number;
    }
  | { readonly kind: 'connected'; readonly connection: T }
  | {
      readonly kind: 'waiting';
      /** Attempts that have failed in a row. */
      readonly attempt: number;
      /** On the given clock, milliseconds since 1970. */
      readonly retryAt: number;
      readonly reason: DroverError;
    }
  /** Trying again by itself would not help, or would lock an account: a person has to do something, then `retryNow`. */
  | { readonly kind: 'needs-attention'; readonly reason: DroverError }
  | { readonly kind: 'stopped' };

export interface KeepConnectedOptions<T extends Keepable> {
  /** `byPerson`: somebody is there to answer questions (the first attempt, and after `retryNow`). */
  readonly connect: (attempt: { readonly signal: AbortSignal; readonly byPerson: boolean }) => Promise<T>;
  readonly clock: Clock;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly backOff?: BackOff;
  /** A connection that held this long starts the back-off anew when it is lost; default 10 s. */
  readonly provenAfterMs?: number;
}

export interface Reconnecting<T> {
  readonly state: ReconnectState<T>;
  /** Told of each change from now on. */
  subscribe(listener: (state: ReconnectState<T>) => void): () => void;
  /** Tries at once, when waiting or in need of attention; otherwise does nothing. */
  retryNow(): void;
  /** Closes what is open and tries no more. */
  stop(): Promise<void>;
}

/** What does not mend itself: the next attempt would fail alike, or count against an account. */
const NEEDS_ATTENTION: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'address-unusable',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'login-refused',
  'password-needed',
  'passphrase-needed',
  'answers-needed',
  'ssh-config-unusable',
  'key-file-unusable',
  'data-folder-unusable',
  'not-ssh',
  'libvirt-missing',
  'libvirt-no-rights',
]);

/** A host that was reached before may answer strangely while it boots; then it is only tried again. */
const MENDS_AFTER_SUCCESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not-ssh',
  'libvirt-missing',
  'libvirt-no-rights',
]);

export function needsAttention(code: ErrorCode, everConnected: boolean): boolean {
  return NEEDS_ATTENTION.has(code) && !(everConnected && MENDS_AFTER_SUCCESS.has(code));
}

/** Connects, and again whenever the connection is lost, until stopped. Starts at once. */
export function keepConnected<T extends Keepable>(options: KeepConnectedOptions<T>): Reconnecting<T> {
  const { clock } = options;
  const listeners = new Set<(state: ReconnectState<T>) => void>();
  let state: ReconnectState<T> = { kind: 'connecting', attempt: 1 };
  let failures = 0;
  let everConnected = false;
  /** Ends whatever the present state has going: an attempt, a timer, or listening to a connection. */
  let leave = (): void => {};
  let underWay: Promise<void> = Promise.resolve();

  const enter = (next: ReconnectState<T>): void => {
    state = next;
    for (const listener of listeners) {
      // A listener may itself have moved it on; the others have then been told what is newer.
      if (state !== next) return;
      listener(next);
    }
  };

  const attempt = (byPerson: boolean): void => {
    const abort = new AbortController();
    leave = () => abort.abort();
    underWay = run(abort.signal, byPerson);
    enter({ kind: 'connecting', attempt: failures + 1 });
  };

  const run = async (signal: AbortSignal, byPerson: boolean): Promise<void> => {
    let connection: T;
    try {
      connection = await options.connect({ signal, byPerson });
    } catch (error) {
      if (!signal.aborted) failed(asDroverError(error));
      return;
    }
    // Connected after all, but nobody wants it any more.
    if (signal.aborted) await connection.close();
    else hold(connection);
  };

  const hold = (connection: T): void => {
    const since = clock.elapsed();
    everConnected = true;
    const forget = connection.onClose((reason) => {
      if (clock.elapsed() - since >= (options.provenAfterMs ?? 10_000)) failures = 0;
      failed(reason);
    });
    leave = () => {
      forget();
      underWay = Promise.resolve(connection.close()).then(() => {});
    };
    enter({ kind: 'connected', connection });
  };

  const failed = (reason: DroverError): void => {
    if (needsAttention(reason.code, everConnected)) {
      leave = () => {};
      return enter({ kind: 'needs-attention', reason });
    }
    failures += 1;
    const delayMs = delayBefore(failures, options.random(), options.backOff ?? defaultBackOff);
    leave = clock.after(delayMs, () => attempt(false));
    enter({ kind: 'waiting', attempt: failures, retryAt: clock.now() + delayMs, reason });
  };

  attempt(true);
  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    retryNow() {
      if (state.kind !== 'waiting' && state.kind !== 'needs-attention') return;
      leave();
      failures = 0;
      attempt(true);
    },
    async stop() {
      if (state.kind !== 'stopped') {
        leave();
        leave = () => {};
        enter({ kind: 'stopped' });
        listeners.clear();
      }
      await underWay;
    },
  };
}

function asDroverError(error: unknown): DroverError {
  if (error instanceof DroverError) return error;
  // A bug in connecting must be seen, yet one host's must not end the program for all the others.
  return new DroverError({
    code: 'bug',
    tried: 'Connect',
    cause: error instanceof Error ? error.message : String(error),
    next: 'Please report this',
    source: error,
  });
}
