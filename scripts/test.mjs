// `npm test`: everything, in order of how soon it tells. `--long` adds the hours-long rest.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { findElectron } from './electronRuntime.mjs';
import { Outcome } from './outcome.mjs';
import { provideParts } from './parts.mjs';

const long = process.argv.includes('--long');
const inCi = process.env.CI === 'true';
const results = mkdtempSync(join(tmpdir(), 'drover-test-'));
const outcome = new Outcome();
const began = Date.now();
/** What is being done, for when it breaks off. */
let doing = 'begin';

function say(text) {
  doing = text;
  console.log(`\n== ${text} (${Math.round((Date.now() - began) / 1000)} s)`);
}

/** `within`: a program that runs it, such as one that brings a display. */
function run(program, words, environment, within = []) {
  return new Promise((resolve, reject) => {
    const [first, ...rest] = [...within, process.execPath, `node_modules/.bin/${program}`, ...words];
    const child = spawn(first, rest, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Nothing where the runner ended before it could write its report. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function vitest(projects, environment) {
  const name = projects.join(', ');
  say(`vitest: ${name}`);
  const file = join(results, `${projects[0]}.json`);
  const code = await run(
    'vitest',
    [
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--passWithNoTests',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    // Vite's build has left "production" here, in which React has no tools for tests.
    { ...environment, NODE_ENV: 'test' },
  );
  outcome.addVitest(code, `vitest: ${name}`, readReport(file));
}

async function playwright(environment) {
  say('playwright: Electron and Chromium');
  const file = join(results, 'playwright.json');
  const electron = await findElectron({ log: (line) => console.log(line) });
  if ('reason' in electron) console.log(`No Electron to try the desktop app with: ${electron.reason}.`);
  const code = await run(
    'playwright',
    ['test', '--config', 'playwright.config.ts'],
    {
      ...environment,
      DROVER_PLAYWRIGHT_JSON: file,
      ...('path' in electron ? { DROVER_ELECTRON_PATH: electron.path } : {}),
    },
    ['xvfb-run', '-a'],
  );
  outcome.addPlaywright(code, readReport(file));
}

mkdirSync(results, { recursive: true });
try {
  say('parts');
  const parts = provideParts();
  const root = process.getuid?.() === 0;
  const labReason = !parts.ready
    ? parts.reason
    : root
      ? undefined
      : 'the lab makes network namespaces, which needs root';
  if (labReason !== undefined) {
    console.log(`Real hosts, Electron and Chromium cannot be tried: ${labReason}`);
    if (inCi) outcome.fail('scripts/test.mjs', 'parts', labReason);
  }
  const environment = {
    ...(labReason === undefined ? {} : { DROVER_LAB_UNAVAILABLE: labReason }),
    ...(long ? { DROVER_LONG: '1' } : {}),
  };
  say('build');
  await build();
  say('types, lint, walls, format, dead code');
  outcome.addChecks(await check());
  await vitest(['unit', 'page'], environment);
  await vitest(['lab'], environment);
  await playwright(environment);
} catch (error) {
  console.error(error);
  outcome.fail('scripts/test.mjs', doing, error instanceof Error ? error.message : String(error));
} finally {
  rmSync(results, { recursive: true, force: true });
}
say('done');
const { passed, failed, skipped, failures } = outcome;
for (const failure of failures) console.log(`FAILED ${failure}`);
if (inCi && skipped > 0) console.log('With CI=true nothing may be skipped.');
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || (inCi && skipped > 0) ? 1 : 0;
