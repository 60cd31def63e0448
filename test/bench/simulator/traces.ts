import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noise, streamOf } from '../../../world/physics/random.ts';
import type { Scenario } from '../../../world/scenario/scenario.ts';

type Trace = Scenario['traces'][string];

const valuesADay = 288;
const intervalMs = 300_000;

/**
 * Traces in the shape of PlanetLab's (Beloglazov and Buyya 2012, table 2: means around 12 % with a deviation of 17, most
 * of the time nearly idle): a level that holds for some hours, with noise on it and a burst now and then.
 */
export function madeTraces(count: number, seed: number): Record<string, Trace> {
  const traces: Record<string, Trace> = {};
  for (let index = 0; index < count; index += 1) {
    const stream = streamOf(seed, `trace ${index}`);
    const percents = Array.from({ length: valuesADay }, (_, slot) => {
      const level = 60 * noise(stream, Math.floor(slot / 40)) ** 4;
      const ripple = 8 * noise(~stream, slot);
      const burst = noise(stream ^ 0x5bd1e995, slot) < 0.04 ? 50 * noise(~stream, slot + valuesADay) : 0;
      return Math.round(Math.min(100, level + ripple + burst));
    });
    traces[`made-${index}`] = { intervalMs, percents };
  }
  return traces;
}

/** The files of a folder as they are: a VM each, one whole percentage a line, five minutes apart; sorted by name. */
export async function readTraces(folder: string): Promise<Record<string, Trace>> {
  const traces: Record<string, Trace> = {};
  for (const name of (await readdir(folder)).toSorted()) {
    const lines = (await readFile(join(folder, name), 'utf8')).split(/\r?\n/).filter((line) => line !== '');
    const percents = lines.map(Number);
    if (percents.length === 0 || percents.some((value) => !(value >= 0 && value <= 100))) {
      throw new Error(`${join(folder, name)} is not a trace: one percentage a line is expected`);
    }
    traces[name] = { intervalMs, percents };
  }
  if (Object.keys(traces).length === 0) throw new Error(`there are no traces in ${folder}`);
  return traces;
}
