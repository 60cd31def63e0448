import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const out = join(root, 'out');
const named = /^test-(\d+)$/;
const folder = join(out, `test-${process.pid}`);

/**
 * Bundles what tests start as processes of their own, once for all of them: from its sources each takes two seconds to
 * start, and most of that is reading. Tests find them in the folder DROVER_TEST_PROGRAMS.
 */
export async function setup(): Promise<void> {
  removeLeftovers();
  await build({
    configFile: join(root, 'vite.node.config.ts'),
    root,
    logLevel: 'warn',
    build: {
      outDir: folder,
      sourcemap: false,
      rolldownOptions: {
        input: {
          'node/droverProcess': 'test/lab-tests/droverProcess.ts',
          'node/lifecycleProcess': 'test/lab-tests/lifecycleProcess.ts',
          'node/ownerProcess': 'electron/backend/owner/testing/ownerProcess.ts',
          'node/tightFolder': 'electron/backend/store/testing/tightFolder.ts',
        },
      },
    },
  });
  process.env['DROVER_TEST_PROGRAMS'] = join(folder, 'node');
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Of runs that were killed. */
function removeLeftovers(): void {
  for (const name of existsSync(out) ? readdirSync(out) : []) {
    const pid = Number(named.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(out, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
