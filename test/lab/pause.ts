import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './labError.ts';

/** Asks again every `everyMs` until `found` returns something; LabError "WHAT has not happened" after `deadlineMs`. */
export async function until<T>(
  what: string,
  deadlineMs: number,
  found: () => Promise<T | undefined> | T | undefined,
  everyMs = 20,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    if (performance.now() > end) throw new LabError(`${what} has not happened within ${deadlineMs} ms.`);
    await sleep(everyMs);
  }
}
