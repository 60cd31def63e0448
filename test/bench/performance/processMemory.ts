import { readFile } from 'node:fs/promises';
import { type FamilyMember, processFamily, type Role } from './processFamily.ts';

/** MiB of one of the app's processes. */
export interface ProcessMemory {
  readonly role: Role;
  /** All that it has in memory, with the pages of Electron's program that it shares with the others. */
  readonly residentMiB: number;
  /** Its own: heaps, stacks and buffers. */
  readonly ownMiB: number;
}

/** Every process of the app whose first process this is. */
export async function processMemory(pid: number): Promise<readonly ProcessMemory[]> {
  const family = await processFamily(pid);
  const all = await Promise.all(family.map(memoryOf));
  return all.filter((each) => each !== undefined);
}

async function memoryOf({ pid, role }: FamilyMember): Promise<ProcessMemory | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const figure = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
    return {
      role,
      residentMiB: figure('VmRSS'),
      ownMiB: figure('RssAnon') + figure('RssShmem'),
    };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
