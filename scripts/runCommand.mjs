import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const program = join(resolve(import.meta.dirname, '..'), 'out', 'node', 'drover.js');

/** Runs the built command in this very process, so that standard streams, signals and exit code are its own. */
export async function runCommand(words) {
  if (!existsSync(program))
    throw new Error(`There is no ${program}. Run "npm run build" and read what it says.`);
  process.argv = [process.execPath, program, ...words];
  await import(pathToFileURL(program).href);
}
