import type { ErrorCode } from '../contract/errors.ts';

/** The answer of every rule: the renderer greys a button with it, the backend refuses with it. */
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly code: ErrorCode };

export const allowed: Verdict = { allowed: true };

/** `reason` is a whole sentence that names the object and what to do. */
export function refused(reason: string, code: ErrorCode = 'refused-by-rule'): Verdict {
  return { allowed: false, reason, code };
}
