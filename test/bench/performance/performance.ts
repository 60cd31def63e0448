import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../../../package.json' with { type: 'json' };
import { dataCentreSection } from './dataCentreSection.ts';
import { type Asked, coldStarts, dataCentres, keys, memoryOverTime, packBoth, scrolls } from './parts.ts';
import { type Circumstances, pageWith } from './performancePage.ts';
import { coldStartSection, keystrokesSection, memorySection, scrollingSection } from './sections.ts';

// `npm run performance [-- PART ...] [--hour | --minutes N] [--runs N] [--output FILE]`: each part renews its own
// section of docs/performance.md, or of another file, and leaves the others as they stand.

const parts = {
  coldStart: async (asked: Asked) => coldStartSection(await coldStarts(asked)),
  scrolling: async (asked: Asked) => scrollingSection(await scrolls(asked)),
  keystrokes: async (asked: Asked) => keystrokesSection(await keys(asked)),
  memory: async (asked: Asked) => memorySection(await memoryOverTime(asked)),
  dataCentre: async (asked: Asked) => dataCentreSection(await dataCentres(asked)),
} as const;

const isPart = (word: string): word is keyof typeof parts => word in parts;
const say = (what: string) => console.error(what);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hour: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    runs: { type: 'string', default: '7' },
    output: { type: 'string', default: join('docs', 'performance.md') },
  },
});
const asked = positionals.length === 0 ? Object.keys(parts) : positionals;
const minutes = values.hour ? 60 : Number(values.minutes);
const runs = Number(values.runs);

async function circumstances(
  electron: string,
  measure: () => Promise<string>,
): Promise<{ readonly found: string; readonly during: Circumstances }> {
  const [loadBefore = Number.NaN] = loadavg();
  const found = await measure();
  const [loadAfter = Number.NaN] = loadavg();
  const during = {
    date: new Date().toISOString().slice(0, 10),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore,
    loadAfter,
    electron,
    drover: packageJson.version,
  };
  return { found, during };
}

async function measureAll(): Promise<void> {
  const output = resolve(values.output);
  say('Packing the app ...');
  const packed = await packBoth();
  try {
    for (const part of asked) {
      if (!isPart(part)) continue;
      say(`${part} ...`);
      try {
        const { found, during } = await circumstances(packed.drover.electronVersion, async () => {
          return await parts[part]({ packed, runs, minutes, say });
        });
        const before = await readFile(output, 'utf8').catch(() => '');
        // Written after each part: what was measured stays, whatever becomes of the next.
        await writeFile(output, pageWith(before, part, found, during));
        say(`${part} is written to ${values.output}.`);
      } catch (thrown) {
        process.exitCode = 1;
        say(`${part} could not be measured, and its section stays as it was: ${String(thrown)}`);
      }
    }
  } finally {
    await packed.remove();
  }
}

const unknown = asked.find((word) => !isPart(word));
if (unknown !== undefined || !(minutes > 0) || !(Number.isInteger(runs) && runs > 0)) {
  say(
    `npm run performance -- [${Object.keys(parts).join('|')}] [--hour | --minutes N] [--runs N] [--output FILE]`,
  );
  process.exitCode = 2;
} else await measureAll();
