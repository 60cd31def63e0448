import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { askGuest } from '../lab/counter.ts';
import { type Lab, startLab } from '../lab/startLab.ts';
import type { LabRun, LabRuns } from './labRuns.ts';

/** What is asked for: memory of the guest, what it sweeps and how fast, and what the migration may send. */
interface Wish {
  readonly memoryMiB: number;
  readonly workingSetMiB: number;
  readonly writesMiBPerSecond: number;
  readonly capMiBPerSecond: number;
}

const wish = (
  memoryMiB: number,
  workingSetMiB: number,
  writesMiBPerSecond: number,
  capMiBPerSecond: number,
): Wish => ({ memoryMiB, workingSetMiB, writesMiBPerSecond, capMiBPerSecond });

/** Two sizes of memory, three working sets, links from 24 to 64 MiB/s, from idle to faster than the link. */
const wishes: readonly Wish[] = [
  wish(160, 64, 0, 32),
  wish(160, 64, 8, 32),
  wish(160, 64, 16, 32),
  wish(160, 64, 24, 32),
  wish(160, 64, 48, 32),
  wish(160, 32, 16, 24),
  wish(160, 32, 12, 48),
  wish(256, 128, 0, 64),
  wish(256, 128, 16, 64),
  wish(256, 128, 32, 64),
  wish(256, 128, 48, 64),
  wish(256, 128, 96, 64),
  wish(256, 16, 64, 64),
  wish(256, 96, 20, 40),
];

const repeats = 5;
/** One that is not through by then is taken for one that never is; it is tried once. */
const patienceMs = 25_000;
const limitMs = 300;
const guest = 'vm-1';

/** Migrates a guest of the lab to and fro, each wish several times, and keeps what libvirt says of each. */
export async function measureLab(say: (line: string) => void): Promise<void> {
  const lab = await startLab({ name: 'validation', hosts: 2, guests: 0 });
  try {
    const runs: LabRun[] = [];
    let place = 'host-a';
    for (const memoryMiB of new Set(wishes.map((each) => each.memoryMiB))) {
      await lab.defineGuest(place, { name: guest, memoryMiB, storage: 'none' });
      await lab.startGuest(guest);
      for (const each of wishes.filter((one) => one.memoryMiB === memoryMiB)) {
        await lab.setLoad(guest, each.workingSetMiB, each.writesMiBPerSecond);
        // It fills what it holds first.
        await pause(4000 + each.workingSetMiB * 40);
        for (let repeat = 0; repeat < repeats; repeat += 1) {
          const run = await migrateOnce(lab, place, each);
          runs.push(run);
          say(JSON.stringify(run));
          if (run.totalMs === undefined) break;
          place = otherThan(place);
        }
      }
      await lab.stopGuest(guest);
      await lab.removeGuest(guest);
    }
    const kept: LabRuns = { limitMs, runs };
    writeFileSync(join(import.meta.dirname, 'labRuns.json'), `${JSON.stringify(kept, undefined, 2)}\n`);
  } finally {
    await lab.down();
  }
}

const otherThan = (host: string): string => (host === 'host-a' ? 'host-b' : 'host-a');

async function migrateOnce(lab: Lab, from: string, wished: Wish): Promise<LabRun> {
  const to = otherThan(from);
  const before = await touched(lab);
  const began = performance.now();
  const uri = `qemu+unix:///system?socket=${lab.host(to).libvirtSocket}`;
  const moving = lab.virsh(from, [
    'migrate',
    '--live',
    '--persistent',
    '--undefinesource',
    '--unsafe',
    '--bandwidth',
    String(wished.capMiBPerSecond),
    guest,
    uri,
    '--migrateuri',
    `tcp://${lab.host(to).address}`,
  ]);
  const isThrough = await Promise.race([
    moving.then(
      () => true,
      () => false,
    ),
    pause(patienceMs).then(() => undefined),
  ]);
  // The rate that it kept, while it was moved: emulation on a busy machine is slower than it was told.
  const after = await touched(lab);
  const seconds = (performance.now() - began) / 1000;
  const job = await lab.virsh(isThrough === true ? to : from, [
    'domjobinfo',
    guest,
    '--rawstats',
    ...(isThrough === true ? ['--completed'] : []),
  ]);
  if (isThrough === undefined) {
    await lab.virsh(from, ['domjobabort', guest]);
    await moving.catch(() => undefined);
  } else if (!isThrough) throw new Error('the migration failed');
  const figure = figureOf(job);
  const pageBytes = 4096;
  return {
    ...wished,
    keptMiBPerSecond: round((after - before) / seconds),
    totalMs: isThrough === true ? figure('time_elapsed') : undefined,
    givenUpMs: isThrough === true ? undefined : figure('time_elapsed'),
    downtimeMs: isThrough === true ? figure('downtime') : 0,
    setupMs: figure('setup_time'),
    sentMiB: round(figure('memory_processed') / 2 ** 20),
    zeroMiB: round((figure('memory_constant') * pageBytes) / 2 ** 20),
    normalMiB: round((figure('memory_normal') * pageBytes) / 2 ** 20),
    synchronisations: figure('memory_iteration'),
    load: round(loadavg()[0] ?? 0),
  };
}

async function touched(lab: Lab): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const reading = await askGuest(lab.guest(guest), 'load', 500);
    const pages = Number(/^load \d+ \d+ (\d+)/.exec(reading?.rest ?? '')?.[1]);
    if (Number.isFinite(pages)) return pages;
  }
  throw new Error(`${guest} does not answer`);
}

function figureOf(job: string): (name: string) => number {
  const values = new Map(
    [...job.matchAll(/^\s*([\w.]+):\s*(\d+)\s*$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
  return (name) => values.get(name) ?? 0;
}

const round = (value: number): number => Math.round(value * 100) / 100;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
