import { readdir, readFile } from 'node:fs/promises';

/** MiB of one of the app's processes. */
export interface ProcessMemory {
  readonly role: 'main' | 'page' | 'backend' | 'other';
  /** All that it has in memory, with the pages of Electron's program that it shares with the others. */
  readonly residentMiB: number;
  /** Its own: heaps, stacks and buffers. */
  readonly ownMiB: number;
}

/** Every process of the app whose first process this is. */
export async function processMemory(pid: number): Promise<readonly ProcessMemory[]> {
  const parents = await parentsOfAll();
  const family = new Set([pid]);
  // Children have larger numbers than their parents nearly always; the rest is found by the next round.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
  }
  const all = await Promise.all([...family].map(async (each) => await memoryOf(each, each === pid)));
  return all.filter((each) => each !== undefined);
}

async function parentsOfAll(): Promise<ReadonlyMap<number, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return [pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])] as const;
    }),
  );
  return new Map(parents);
}

async function memoryOf(pid: number, isMain: boolean): Promise<ProcessMemory | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
    return {
      role: isMain ? 'main' : roleOf(command),
      residentMiB: figure('VmRSS'),
      ownMiB: figure('RssAnon') + figure('RssShmem'),
    };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

function roleOf(command: string): ProcessMemory['role'] {
  if (command.includes('--type=renderer')) return 'page';
  return command.includes('node.mojom.NodeService') ? 'backend' : 'other';
}
