import { expect } from 'vitest';
import type { Task } from '#shared/model/task.ts';
import type { Observation } from '../lab/counter.ts';

/** What one move cost, as QEMU says and as somebody saw who only watched the guest. Milliseconds. */
export interface Cost {
  readonly downtimeMs: number;
  readonly outageMs: number;
}

/** Lines are due every 10 ms; the network has to find the guest anew, and an emulated guest catches its breath. */
const slackMs = 5000;
const timesDowntime = 5;

/** Fails where the outside observer saw the guest away for far longer than its downtime explains. */
export function expectOutageExplained(task: Task, seen: Observation, what: string): Cost {
  const downtimeMs = task.migration?.downtimeMs;
  if (downtimeMs === undefined) throw new Error(`${what}: nobody measured the downtime`);
  expect(seen, what).toMatchObject({ connected: true, unbroken: true });
  const outageMs = Math.round(seen.longestSilenceMs);
  expect(outageMs, `${what}: a downtime of ${downtimeMs} ms`).toBeLessThanOrEqual(
    timesDowntime * downtimeMs + slackMs,
  );
  return { downtimeMs, outageMs };
}
