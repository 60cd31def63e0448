import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process, told apart from a later one with the same number by when it started (clock ticks since boot). */
export const processSchema = z.object({ pid: z.number().int().positive(), startTicks: z.string() });
export type ProcessIdentity = Readonly<z.infer<typeof processSchema>>;

/** Field 22 of /proc/PID/stat, counted from behind the command's closing parenthesis; undefined when it is gone or dead. */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export const ownProcess = (): ProcessIdentity => ({
  pid: process.pid,
  startTicks: startTicksOf(process.pid) ?? '0',
});

export const isAlive = (identity: ProcessIdentity): boolean =>
  startTicksOf(identity.pid) === identity.startTicks;

export function parseProcess(text: string): ProcessIdentity | undefined {
  try {
    return processSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
