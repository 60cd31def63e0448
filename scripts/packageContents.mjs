import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

const needed = [
  'package.json',
  'out/main/main.js',
  'out/node/backend.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'resources/icons/512x512.png',
  'resources/scenarios/two-servers.yaml',
  'node_modules/libsql/index.js',
  'node_modules/ssh2/lib/index.js',
];

const unwanted = [
  ['a source', /\.(ts|tsx|mts|cts)$/],
  ['a source map', /\.map$/],
  ['a test', /(^|\/)(test|tests|__tests__)\/|\.(test|spec)\.[a-z]+$/],
  ['a folder of the checkout', /^(electron|renderer|shared|world|scripts|test|docs|\.ci)\//],
  ['a library built for another program', /(ssh2|cpu-features)\/.*\.node$/],
];

/**
 * What is wrong with the files of a packaged app: missing ones, and ones that have no business there.
 * @param {string} appAsar path of app.asar  @returns {readonly string[]} a sentence each; none is what is wanted
 */
export function packageProblems(appAsar) {
  const asar = archiveReader();
  const files = listFiles(asar, appAsar);
  const { devDependencies, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const developers = new Set(Object.keys(devDependencies));
  const problems = needed.filter((path) => !files.includes(path)).map((path) => `${path} is missing.`);
  for (const path of files) {
    const kind = unwanted.find(([, pattern]) => pattern.test(path))?.[0];
    if (kind !== undefined) problems.push(`${path} is ${kind}.`);
  }
  const packages = new Set(files.map(packageOf).filter((name) => name !== undefined));
  for (const name of packages)
    if (developers.has(name)) problems.push(`The package ${name} is for developers only.`);
  for (const name of Object.keys(dependencies))
    if (!packages.has(name)) problems.push(`The package ${name} is missing.`);
  for (const path of files) {
    if (!/(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path)) continue;
    const { name, dependencies: own = {} } = JSON.parse(asar.extractFile(appAsar, path).toString('utf8'));
    for (const wanted of Object.keys(own))
      if (!packages.has(wanted)) problems.push(`The package ${wanted}, which ${name} needs, is missing.`);
  }
  return problems;
}

const packageOf = (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];

/** electron-builder's own. */
function archiveReader() {
  const require = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
  return createRequire(require.resolve('app-builder-lib/package.json'))('@electron/asar');
}

/** Relative paths with slashes, files only. */
function listFiles(asar, appAsar) {
  const isFile = (path) => !('files' in asar.statFile(appAsar, path.slice(1)));
  return asar
    .listPackage(appAsar)
    .filter(isFile)
    .map((path) => path.slice(1).replaceAll('\\', '/'));
}
