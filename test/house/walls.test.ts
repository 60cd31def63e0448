import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Planted violations: the file, and the import that its room must not make. */
const violations: readonly (readonly [file: string, from: string])[] = [
  ['shared/model/planted.ts', 'electron'],
  ['shared/model/planted.ts', 'node:fs'],
  ['shared/rules/planted.ts', '../../electron/backend/dataFolder.ts'],
  ['shared/rules/planted.ts', '../../renderer/ui/format.ts'],
  ['electron/backend/planted.ts', 'electron'],
  ['electron/backend/tasks/planted.ts', '../../main/window.ts'],
  ['electron/backend/tasks/planted.ts', '../../server/server.ts'],
  ['electron/backend/tasks/planted.ts', '../../../renderer/app/shell.tsx'],
  ['electron/backend/tasks/planted.ts', '../../../world/world.ts'],
  ['electron/backend/migration/plan.ts', '../drivers/drivers.ts'],
  ['electron/backend/migration/outcome.ts', '../drivers/libvirt/libvirt.ts'],
  ['electron/backend/migration/plan.ts', 'node:crypto'],
  ['electron/backend/balancing/watch.ts', '../drivers/drivers.ts'],
  ['electron/server/planted.ts', 'electron'],
  ['electron/server/planted.ts', '../main/window.ts'],
  ['electron/cli/planted.ts', 'electron'],
  ['electron/main/planted.ts', '../server/server.ts'],
  ['electron/preload/planted.ts', '../../renderer/transport/port.ts'],
  ['renderer/features/planted.tsx', 'electron'],
  ['renderer/features/planted.tsx', 'node:path'],
  ['renderer/features/planted.tsx', '../../electron/backend/dataFolder.ts'],
  ['world/planted.ts', 'electron'],
  ['world/planted.ts', '../electron/backend/dataFolder.ts'],
  ['test/planted.ts', 'electron'],
];

/** What must stay allowed: a wall that refuses everything would catch each of the above as well. */
const permitted: readonly (readonly [file: string, from: string])[] = [
  ['shared/model/planted.ts', 'zod'],
  ['electron/backend/planted.ts', '#shared/model/vm.ts'],
  ['electron/backend/migration/gather.ts', '../drivers/drivers.ts'],
  ['electron/main/planted.ts', 'electron'],
  ['electron/main/planted.ts', '../backend/backend.ts'],
  ['electron/cli/planted.ts', '../backend/backend.ts'],
  ['renderer/features/planted.tsx', '#shared/model/vm.ts'],
  ['world/planted.ts', '#shared/model/vm.ts'],
];

describe('the walls of the house', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drover-walls-'));
    await copyFile(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function lint(file: string, from: string): Promise<string> {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `export { planted } from '${from}';\nimport { other } from '${from}';\nother();\n`);
    const result = await run(join(root, 'node_modules/.bin/oxlint'), [file], { cwd: folder }).catch(
      (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
    );
    await rm(path);
    return result.stdout;
  }

  it.each(violations)('%s may not import %s', async (file, from) => {
    expect(await lint(file, from)).toContain('no-restricted-imports');
  });

  it.each(permitted)('%s may import %s', async (file, from) => {
    expect(await lint(file, from)).not.toContain('no-restricted-imports');
  });
});
