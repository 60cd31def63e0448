import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PackedApp } from '../../e2e/packedApp.ts';

const page = '<!doctype html><meta charset="utf-8"><title>Bare</title><body>An app that does nothing.</body>';
const program = `const { app, BrowserWindow } = require('electron');
app.setPath('userData', process.argv[process.argv.indexOf('--data') + 1] + '-bare');
app.whenReady().then(() => new BrowserWindow({ webPreferences: { sandbox: true } }).loadURL('data:text/html;charset=utf-8,' + encodeURIComponent(${JSON.stringify(page)})));
app.on('window-all-closed', () => app.quit());
`;

/** The same Electron with an app of one line of text: what no app on this machine could do better than. */
export async function packBare(packed: PackedApp, output: string): Promise<PackedApp> {
  const folder = join(output, 'bare');
  const source = join(output, 'bare-source');
  await mkdir(source);
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'bare', main: 'main.cjs' }));
  await writeFile(join(source, 'main.cjs'), program);
  // By hard links: some 300 MB, and the sandbox's helper keeps its rights.
  await promisify(execFile)('cp', ['-al', packed.folder, folder]);
  const asar = join(folder, 'resources', 'app.asar');
  await rm(asar);
  await archiver().createPackage(source, asar);
  return {
    ...packed,
    folder,
    program: join(folder, packed.program.slice(dirname(packed.program).length + 1)),
  };
}

/** electron-builder's own, as `scripts/packageContents.mjs` reads archives with. */
function archiver(): { createPackage(source: string, archive: string): Promise<void> } {
  const require = createRequire(import.meta.url);
  return createRequire(require.resolve('app-builder-lib/package.json'))('@electron/asar');
}
