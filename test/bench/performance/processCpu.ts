import { readFile } from 'node:fs/promises';
import { processFamily, type Role } from './processFamily.ts';

/** Of Linux, whatever the processor: what /proc counts in. */
const ticksPerSecond = 100;

export type CpuByRole = Readonly<Record<Role, number>>;

/** What each of the app's processes worked while `work` went on: cores, which is seconds of a processor a second. */
export async function coresWhile<Found>(
  pid: number,
  work: () => Promise<Found>,
): Promise<{ readonly cores: CpuByRole; readonly found: Found }> {
  const before = await cpuSeconds(pid);
  const began = performance.now();
  const found = await work();
  const seconds = (performance.now() - began) / 1000;
  const after = await cpuSeconds(pid);
  const of = (role: Role) => (after[role] - before[role]) / seconds;
  const cores = {
    main: of('main'),
    page: of('page'),
    backend: of('backend'),
    world: of('world'),
    other: of('other'),
  };
  return { cores, found };
}

/** Seconds of a processor that the app's processes have worked since they began. */
export async function cpuSeconds(pid: number): Promise<CpuByRole> {
  const sums = { main: 0, page: 0, backend: 0, world: 0, other: 0 };
  for (const member of await processFamily(pid)) sums[member.role] += await secondsOf(member.pid);
  return sums;
}

async function secondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in brackets may hold spaces; the 14th and 15th fields are behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
}
