import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../../../package.json' with { type: 'json' };
import { type PackedApp, pack } from '../../e2e/packedApp.ts';
import { type ColdStart, measureColdStart } from './coldStart.ts';
import type { FleetSize } from './fleet.ts';
import { startFleetStage } from './fleetStage.ts';
import { measureKeystrokes } from './keystrokes.ts';
import { startMeasuredApp } from './measuredApp.ts';
import { type MemoryReading, measureMemory } from './memory.ts';
import { performancePage } from './performancePage.ts';
import { measureScrolling, type Scrolling } from './scrolling.ts';

// `npm run performance [-- --quick] [-- --minutes N --rate N] [-- --output FILE]`: docs/performance.md, or another file.
// An hour of memory is by default an hour of the simulated clock at x16: in that time a page gathers as many
// measurements as it ever keeps.

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    rate: { type: 'string' },
    output: { type: 'string', default: join('docs', 'performance.md') },
  },
});
const repeats = values.quick ? 2 : 7;
const simulatedMinutes = Number(values.minutes ?? (values.quick ? 4 : 60));
const rate = Number(values.rate ?? 16);
const usual: FleetSize = { hosts: 64, vms: 800 };
const large: FleetSize = { hosts: 100, vms: 10_000 };
const settleMs = 5000;

const say = (what: string) => console.error(what);

async function ofTheUsual(packed: PackedApp) {
  const stage = await startFleetStage(usual, rate);
  try {
    const starts: ColdStart[] = [];
    for (let number = 1; number <= repeats; number += 1) {
      starts.push(await measureColdStart(packed, stage));
      say(`Start ${number} of ${repeats}: ${JSON.stringify(starts.at(-1))}`);
    }
    say(`Memory over ${simulatedMinutes} min at x${rate} ...`);
    const memory = await memoryOf(packed, stage);
    return { starts, memory };
  } finally {
    await stage.close();
  }
}

async function memoryOf(
  packed: PackedApp,
  stage: Awaited<ReturnType<typeof startFleetStage>>,
): Promise<readonly MemoryReading[]> {
  const app = await startMeasuredApp(packed, stage);
  try {
    await pause(settleMs);
    return await measureMemory(app, await app.look(), { simulatedMinutes, rate });
  } finally {
    await app.close();
  }
}

async function ofTheLarge(packed: PackedApp) {
  const stage = await startFleetStage(large, 1);
  const app = await startMeasuredApp(packed, stage);
  try {
    await pause(settleMs);
    const page = await app.look();
    await page.getByRole('link', { name: 'Virtual machines' }).click();
    const table = page.getByRole('table', { name: 'Virtual machines' });
    await table.locator(`[aria-rowindex="2"]`).waitFor({ timeout: 120_000 });
    const scrolling: Scrolling[] = [];
    const keys: number[] = [];
    const cleared: number[] = [];
    for (let number = 1; number <= repeats; number += 1) {
      scrolling.push(await measureScrolling(page));
      const typed = await measureKeystrokes(page);
      keys.push(...typed.digits);
      cleared.push(typed.cleared);
      say(`${large.vms} VMs, ${number} of ${repeats}: ${JSON.stringify([scrolling.at(-1), typed])}`);
    }
    return { scrolling, keys, cleared };
  } finally {
    await app.close();
    await stage.close();
  }
}

const pause = (delayMs: number) => new Promise<void>((done) => void setTimeout(done, delayMs));

const output = await mkdtemp(join(tmpdir(), 'drover-performance-'));
try {
  const loadBefore = loadavg()[0] ?? Number.NaN;
  say('Packing the app ...');
  const packed = await pack(output, '--release');
  const found = { ...(await ofTheUsual(packed)), ...(await ofTheLarge(packed)) };
  const page = performancePage({
    ...found,
    usual,
    large,
    memoryRate: rate,
    machine: {
      date: new Date().toISOString().slice(0, 10),
      cores: cpus().length,
      processor: cpus()[0]?.model.trim() ?? 'not known',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      loadBefore,
      loadAfter: loadavg()[0] ?? Number.NaN,
      electron: packed.electronVersion,
      drover: packageJson.version,
    },
  });
  await writeFile(resolve(values.output), page);
  say(`Written to ${values.output}.`);
} finally {
  await rm(output, { recursive: true, force: true });
}
