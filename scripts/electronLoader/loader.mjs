// Stands in for Electron's own default app in the npm-hosted runtime: starts the app folder named on the command line.
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const require = createRequire(import.meta.url);
const preloads = [];
let target;
const words = process.argv.slice(1);
while (words.length > 0 && target === undefined) {
  const word = words.shift();
  if (word === '-r' || word === '--require') preloads.push(words.shift());
  else if (word === '--version' || word === '-v') {
    console.log(`v${process.versions.electron}`);
    process.exit(0);
  } else if (!word.startsWith('-')) target = word;
}

if (target === undefined) {
  console.error('Name the folder of an app: electron FOLDER');
  process.exit(2);
}

// Before anything of the app runs, as `node -r` does. (Playwright's takes its own words out of process.argv.)
for (const preload of preloads) require(resolve(preload));

const place = resolve(target);
let main = place;
if (statSync(place).isDirectory()) {
  const description = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  app.setName(description.productName ?? description.name);
  app.setVersion(description.version ?? '0.0.0');
  app.setAppPath(place);
  main = join(place, description.main ?? 'index.js');
}
process.defaultApp = true;
// Awaited: `ready` must not come before the app's first lines have run, or it could register no scheme.
await import(pathToFileURL(main).href);
