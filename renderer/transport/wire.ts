import type { ClientLink } from '@orpc/client';
import type { ErrorData } from '#shared/contract/errors.ts';

export type BackendLink = ClientLink<Record<never, never>>;

export type WireEvent =
  /** The backend has not answered yet, for the reason given. */
  | { readonly kind: 'starting'; readonly detail: string }
  /** A fresh way to the backend; the one before is dead. */
  | { readonly kind: 'open'; readonly link: BackendLink }
  /** Lost. `retryAt` (wall clock, ms) where the wire tries again by itself at a known time. */
  | { readonly kind: 'closed'; readonly why: string; readonly retryAt?: number }
  /** It will not come back without the operator. */
  | { readonly kind: 'failed'; readonly error: ErrorData };

/** One way of reaching the backend, and of reaching it again whenever it is lost. */
export interface Wire {
  /** Begins; returns what ends it and everything it holds. */
  start(tell: (event: WireEvent) => void): () => void;
  retryNow(): void;
}

const firstDelayMs = 500;
const longestDelayMs = 10_000;

/** Milliseconds before the n-th try, from 0: 0.5 s, 1 s, 2 s ... at most 10 s. */
export function backOffMs(attempt: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 10));
}
