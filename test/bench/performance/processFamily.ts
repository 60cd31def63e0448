import { readdir, readFile } from 'node:fs/promises';

export type Role = 'main' | 'page' | 'backend' | 'world' | 'other';

export interface FamilyMember {
  readonly pid: number;
  readonly role: Role;
}

/** Every process of the app whose first process this is; a world that it has started is one of them. */
export async function processFamily(pid: number): Promise<readonly FamilyMember[]> {
  const parents = await parentsOfAll();
  const family = new Set([pid]);
  // Children have larger numbers than their parents nearly always; the rest is found by the next round.
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
  }
  return await Promise.all(
    [...family].map(async (each) => ({ pid: each, role: each === pid ? 'main' : await roleOf(each) })),
  );
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

async function roleOf(pid: number): Promise<Role> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (command.includes('--type=renderer')) return 'page';
  if (command.includes('node.mojom.NodeService')) return 'backend';
  return command.includes('--scenario') ? 'world' : 'other';
}
