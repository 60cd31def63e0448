import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const thereMs = 120_000;

/** Runs a script of this folder as a process of its own, and kills it as soon as it says THERE. */
export async function killWhenThere(script: string, input: unknown): Promise<void> {
  const child = spawn(process.execPath, [...programOf(script), JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await isThere(child);
  } finally {
    child.kill('SIGKILL');
    await new Promise((resolve) => (child.exitCode === null ? child.on('close', resolve) : resolve(0)));
  }
}

/** As bundled for the tests, where it was. */
function programOf(script: string): readonly string[] {
  const built = join(process.env['DROVER_TEST_PROGRAMS'] ?? '', script.replace(/\.ts$/, '.js'));
  return existsSync(built) ? [built] : ['--import', 'tsx', new URL(`./${script}`, import.meta.url).pathname];
}

function isThere(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Drover never got there')), thereMs);
    child.on('close', () => reject(new Error('Drover ended by itself')));
    if (child.stdout === null) return reject(new Error('no output to read'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line !== 'THERE') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
