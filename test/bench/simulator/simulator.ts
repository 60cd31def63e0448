import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const sizes = [
  { hosts: 10, minutes: 60 },
  { hosts: 100, minutes: 60 },
  { hosts: 1000, minutes: 30 },
  { hosts: 10_000, minutes: 3 },
] as const;

const figuresSchema = z.record(z.string(), z.number());

/**
 * What simulated clusters cost, from ten hosts to ten thousand, each with ten VMs that follow traces, and with all their
 * counters read each simulated second; see `oneSize.ts`.
 */
export async function run(
  traces: string | undefined,
  say: (what: string) => void,
): Promise<readonly Readonly<Record<string, number>>[]> {
  const runs: Readonly<Record<string, number>>[] = [];
  for (const { hosts, minutes } of sizes) {
    const program = join(import.meta.dirname, 'oneSize.ts');
    const words = [String(hosts), String(minutes), ...(traces === undefined ? [] : [traces])];
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, ...words]);
    runs.push({ coresOfMachine: cpus().length, ...figuresSchema.parse(JSON.parse(stdout)) });
    say(JSON.stringify(runs.at(-1)));
  }
  return runs.map((each, index) => ({ ...each, growthExponent: exponent(runs[index - 1], each) }));
}

/** Of the cost of a simulated hour against hosts, from the size before to this one. */
function exponent(
  before: Readonly<Record<string, number>> | undefined,
  { hosts = Number.NaN, cpuSecondsAnHour = Number.NaN }: Readonly<Record<string, number>>,
): number {
  const cost = cpuSecondsAnHour / (before?.['cpuSecondsAnHour'] ?? Number.NaN);
  return Math.log(cost) / Math.log(hosts / (before?.['hosts'] ?? Number.NaN));
}
