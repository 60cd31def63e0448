/** The answer of every rule: the renderer greys a button with it, the backend refuses with it. */
export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

export const allowed: Verdict = { allowed: true };

/** `reason` is a whole sentence that names the object and what to do. */
export function refused(reason: string): Verdict {
  return { allowed: false, reason };
}
