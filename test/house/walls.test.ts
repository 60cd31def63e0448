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
  ['electron/backend/migration/plan.ts', '../../../machine/folderLock.ts'],
  ['electron/main/planted.ts', '../../machine/folderLock.ts'],
  ['electron/preload/planted.ts', '../../machine/folderLock.ts'],
  ['renderer/features/planted.tsx', '../../machine/folderLock.ts'],
  ['shared/rules/planted.ts', '../../machine/folderLock.ts'],
  ['machine/planted.ts', 'electron'],
  ['machine/planted.ts', '../electron/backend/dataFolder.ts'],
  ['machine/planted.ts', '../renderer/ui/format.ts'],
  ['machine/planted.ts', '../world/world.ts'],
  ['electron/backend/migration/plan.ts', 'node:crypto'],
  ['electron/backend/migration/planStorage.ts', '../drivers/drivers.ts'],
  ['electron/backend/migration/planStorage.ts', '../store/journal.ts'],
  ['electron/backend/inventory/settleVm.ts', '../drivers/drivers.ts'],
  ['electron/backend/inventory/settleVm.ts', '../store/journal.ts'],
  ['electron/backend/inventory/settleVm.ts', 'node:crypto'],
  ['electron/backend/balancing/watch.ts', '../drivers/drivers.ts'],
  ['electron/server/planted.ts', 'electron'],
  ['electron/server/planted.ts', '../main/window.ts'],
  ['electron/cli/planted.ts', 'electron'],
  ['electron/cli/planted.ts', '../../world/state/world.ts'],
  ['electron/server/planted.ts', '../../world/scenario/openScenario.ts'],
  ['electron/main/planted.ts', '../server/server.ts'],
  ['electron/preload/planted.ts', '../../renderer/transport/port.ts'],
  ['renderer/features/planted.tsx', 'electron'],
  ['renderer/features/planted.tsx', 'node:path'],
  ['renderer/features/planted.tsx', '../../electron/backend/dataFolder.ts'],
  ['world/planted.ts', 'electron'],
  ['world/planted.ts', '../electron/backend/dataFolder.ts'],
  ['test/planted.ts', 'electron'],
  ...[
    'shared/model/planted.ts',
    'electron/backend/planted.ts',
    'electron/backend/migration/plan.ts',
    'electron/backend/inventory/settleVm.ts',
    'electron/server/planted.ts',
    'electron/cli/planted.ts',
    'electron/preload/planted.ts',
    'renderer/features/planted.tsx',
    'machine/planted.ts',
    'world/planted.ts',
    'test/planted.ts',
    'scripts/planted.mjs',
  ].map((file) => [file, 'electron-store'] as const),
  ...[
    'shared/model/planted.ts',
    'electron/backend/migration/planted.ts',
    'electron/backend/migration/plan.ts',
    'electron/main/planted.ts',
    'electron/preload/planted.ts',
    'electron/server/planted.ts',
    'electron/cli/planted.ts',
    'renderer/features/planted.tsx',
  ].map((file) => [file, `${'../'.repeat(file.split('/').length - 1)}test/lab/startLab.ts`] as const),
  ['machine/planted.ts', '../test/lab/startLab.ts'],
  ['world/planted.ts', '../test/lab/startLab.ts'],
];

/** What must stay allowed: a wall that refuses everything would catch each of the above as well. */
const permitted: readonly (readonly [file: string, from: string])[] = [
  ['shared/model/planted.ts', 'zod'],
  ['electron/backend/planted.ts', '#shared/model/vm.ts'],
  ['electron/backend/migration/gather.ts', '../drivers/drivers.ts'],
  ['electron/backend/inventory/inventory.test.ts', '../drivers/testing/fakeHosts.ts'],
  ['electron/main/planted.ts', 'electron'],
  ['electron/main/planted.ts', 'electron-store'],
  ['electron/main/planted.ts', '../backend/backend.ts'],
  ['electron/cli/planted.ts', '../backend/backend.ts'],
  ['electron/cli/planted.ts', '../../world/scenario/openScenario.ts'],
  ['electron/cli/planted.ts', '../../world/batch/simulate.ts'],
  ['renderer/features/planted.tsx', '#shared/model/vm.ts'],
  ['world/planted.ts', '#shared/model/vm.ts'],
  ['machine/planted.ts', '#shared/model/vm.ts'],
  ['world/planted.ts', '../machine/folderLock.ts'],
  ['electron/backend/planted.ts', '../../machine/folderLock.ts'],
  ['electron/server/planted.ts', '../../machine/folderLock.ts'],
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

  const lint = (file: string, from: string) =>
    lintText(file, `export { planted } from '${from}';\nimport { other } from '${from}';\nother();\n`);

  async function lintText(file: string, text: string): Promise<string> {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    const result = await run(join(root, 'node_modules/.bin/oxlint'), [file], { cwd: folder }).catch(
      (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
    );
    await rm(path);
    return result.stdout;
  }

  it.each(violations)('%s may not import %s', async (file, from) => {
    expect(await lint(file, from)).toContain('no-restricted-imports');
  });

  it("lets what settles the hosts' words know their shape by type", async () => {
    const file = 'electron/backend/inventory/settleVm.ts';
    expect(
      await lintText(file, "export type { DomainDescription } from '../drivers/drivers.ts';\n"),
    ).not.toContain('no-restricted-imports');
  });

  it.each(permitted)('%s may import %s', async (file, from) => {
    expect(await lint(file, from)).not.toContain('no-restricted-imports');
  });
});
