import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { askGuest } from '../lab/counter.ts';
import { runProgram } from '../lab/runProgram.ts';
import { type Lab, startLab } from '../lab/startLab.ts';
import { type LabRun, type LabRuns, type LabWished, labRunsFile } from './labRuns.ts';

const capped = (
  memoryMiB: number,
  workingSetMiB: number,
  writesMiBPerSecond: number,
  capMiBPerSecond: number,
): LabWished => ({ memoryMiB, workingSetMiB, writesMiBPerSecond, capMiBPerSecond });

const overLink = (
  memoryMiB: number,
  workingSetMiB: number,
  writesMiBPerSecond: number,
  linkMbit: number,
): LabWished => ({ memoryMiB, workingSetMiB, writesMiBPerSecond, linkMbit });

/** Three sizes of memory, six working sets, caps of 24 to 96 MiB/s and links of 250 to 600 Mbit/s, from idle to faster than them. */
const wishes: readonly LabWished[] = [
  capped(160, 64, 0, 32),
  capped(160, 64, 8, 32),
  capped(160, 64, 16, 32),
  capped(160, 64, 24, 32),
  capped(160, 64, 48, 32),
  capped(160, 32, 16, 24),
  capped(160, 32, 12, 48),
  overLink(160, 64, 0, 300),
  overLink(160, 64, 12, 300),
  overLink(160, 32, 10, 250),
  capped(256, 128, 0, 64),
  capped(256, 128, 16, 64),
  capped(256, 128, 32, 64),
  capped(256, 128, 48, 64),
  capped(256, 128, 96, 64),
  capped(256, 16, 64, 64),
  overLink(256, 96, 30, 600),
  capped(384, 256, 40, 96),
];

const repeats = 5;
/** One that is not through by then is taken for one that never is; it is tried once. */
const patienceMs = 25_000;
const limitMs = 300;
const guest = 'vm-1';
/** Others use the machine too: so long it waits before each combination for a load below this. */
const quietLoad = 2;
const quietPatienceMs = 15_000;
/**
 * Lowest of the real-time priorities: ahead of whatever else the machine does, so that an emulated guest keeps its rate.
 * (Where the kernel groups processes by session, being nice counts only within a session, and every QEMU has its own.)
 */
const ahead = ['chrt', '--rr', '--pid', '1'];

/** Migrates a guest of the lab to and fro, each wish several times, and keeps what libvirt says of each. */
export async function measureLab(say: (line: string) => void): Promise<void> {
  await runProgram([...ahead, String(process.pid)]);
  const lab = await startLab({ name: 'validation', hosts: 2, guests: 0 });
  try {
    const runs: LabRun[] = [];
    let place = 'host-a';
    for (const memoryMiB of new Set(wishes.map((each) => each.memoryMiB))) {
      await lab.defineGuest(place, { name: guest, memoryMiB, storage: 'none' });
      await lab.startGuest(guest);
      for (const wished of wishes.filter((one) => one.memoryMiB === memoryMiB)) {
        await prepare(lab, wished);
        for (let repeat = 0; repeat < repeats; repeat += 1) {
          const run = await migrateOnce(lab, place, wished);
          runs.push(run);
          say(JSON.stringify(run));
          if (!run.isThrough) break;
          place = otherThan(place);
        }
        keep(runs);
      }
      await lab.stopGuest(guest);
      await lab.removeGuest(guest);
    }
  } finally {
    await lab.down();
  }
}

/** After each combination, so that one that breaks does not lose the rest. */
function keep(runs: readonly LabRun[]): void {
  const kept: LabRuns = {
    measured: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    limitMs,
    runs,
  };
  writeFileSync(labRunsFile, `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** One of the two cables limits both ways. */
async function prepare(lab: Lab, { workingSetMiB, writesMiBPerSecond, linkMbit }: LabWished): Promise<void> {
  await lab.link('host-a', linkMbit);
  await lab.setLoad(guest, workingSetMiB, writesMiBPerSecond);
  // It fills what it holds first.
  await pause(4000 + workingSetMiB * 40);
  const until = performance.now() + quietPatienceMs;
  while (load() > quietLoad && performance.now() < until) await pause(1000);
}

const otherThan = (host: string): string => (host === 'host-a' ? 'host-b' : 'host-a');

async function migrateOnce(lab: Lab, from: string, wished: LabWished): Promise<LabRun> {
  const to = otherThan(from);
  const before = await touched(lab);
  const began = performance.now();
  const moving = lab.virsh(from, [
    'migrate',
    '--live',
    '--persistent',
    '--undefinesource',
    '--unsafe',
    ...(wished.capMiBPerSecond === undefined ? [] : ['--bandwidth', String(wished.capMiBPerSecond)]),
    guest,
    `qemu+unix:///system?socket=${lab.host(to).libvirtSocket}`,
    '--migrateuri',
    `tcp://${lab.host(to).address}`,
  ]);
  // Its failure is told where it is waited for.
  moving.catch(() => undefined);
  const preparedMs = await preparation(lab, from);
  const isThrough = await Promise.race([moving.then(() => true), pause(patienceMs).then(() => false)]);
  // The rate that it kept while it was moved: emulation on a busy machine may be slower than it was told.
  const after = await touched(lab);
  const seconds = (performance.now() - began) / 1000;
  const job = await lab.virsh(isThrough ? to : from, [
    'domjobinfo',
    guest,
    '--rawstats',
    ...(isThrough ? ['--completed'] : []),
  ]);
  if (!isThrough) {
    await lab.virsh(from, ['domjobabort', guest]);
    await moving.catch(() => undefined);
  }
  const figure = figuresOf(job);
  return {
    ...wished,
    keptMiBPerSecond: round((after - before) / seconds),
    tookMs: figure('time_elapsed') - preparedMs,
    preparedMs,
    isThrough,
    downtimeMs: isThrough ? figure('downtime') : 0,
    totalMiB: inMiB(figure('memory_total')),
    zeroMiB: inMiB(figure('memory_constant') * pageBytes),
    sentMiB: inMiB(figure('memory_processed')),
    synchronisations: figure('memory_iteration'),
    load: round(load()),
  };
}

const pageBytes = 4096;

/** What libvirt's time of the job is ahead of QEMU's own: the destination's QEMU was started before. */
async function preparation(lab: Lab, from: string): Promise<number> {
  const both = `domjobinfo ${guest} --rawstats; qemu-monitor-command ${guest} '{"execute":"query-migrate"}'`;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await pause(300);
    const told = await lab.virsh(from, [both]);
    const ofLibvirt = /time_elapsed: (\d+)/.exec(told)?.[1];
    const ofQemu = /"total-time":(\d+)/.exec(told)?.[1];
    if (ofLibvirt !== undefined && ofQemu !== undefined) return Number(ofLibvirt) - Number(ofQemu);
  }
  throw new Error(`${from} does not tell of the migration of ${guest} while it goes on.`);
}

async function touched(lab: Lab): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const reading = await askGuest(lab.guest(guest), 'load', 500);
    const mebibytes = Number(/^load \d+ \d+ (\d+)/.exec(reading?.rest ?? '')?.[1]);
    if (Number.isFinite(mebibytes)) return mebibytes;
  }
  throw new Error(`${guest} of the lab does not say what it has written: no answer in 20 tries of 500 ms.`);
}

/** Of virsh's raw statistics, each by its name. */
function figuresOf(job: string): (name: string) => number {
  const values = new Map(
    [...job.matchAll(/^\s*([\w.]+):\s*(\d+)\s*$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`virsh domjobinfo does not tell ${name}; it said: ${job}`);
    return value;
  };
}

const load = (): number => loadavg()[0] ?? 0;
const round = (value: number): number => Math.round(value * 100) / 100;
const inMiB = (bytes: number): number => round(bytes / 2 ** 20);

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
