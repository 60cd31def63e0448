// `npm test`: everything, in order of how soon it tells. `--long` adds the hours-long rest.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { findElectron } from './electronRuntime.mjs';
import { provideParts } from './parts.mjs';

const long = process.argv.includes('--long');
const inCi = process.env.CI === 'true';
const results = mkdtempSync(join(tmpdir(), 'drover-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
/** Named once more at the end: whoever sees only the last lines of a long run still knows what failed. */
const failures = [];
const began = Date.now();

function say(text) {
  console.log(`\n== ${text} (${Math.round((Date.now() - began) / 1000)} s)`);
}

function add({ passed = 0, failed = 0, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

/** `within`: a program that runs it, such as one that brings a display. */
function run(program, words, environment, within = []) {
  return new Promise((resolve) => {
    const [first, ...rest] = [...within, process.execPath, `node_modules/.bin/${program}`, ...words];
    const child = spawn(first, rest, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A runner that ended badly without a failed test to show for it is itself a failure. */
function tally(runner, code, read) {
  let counts;
  try {
    counts = read();
  } catch {
    // It ended before it could write its report.
  }
  if (counts === undefined || (code !== 0 && !counts.failed)) {
    counts = { ...counts, failed: 1 };
    failures.push(`${runner} ended with code ${code} and no failed test to show for it: see what it printed`);
  }
  add(counts);
}

function nameFailure(file, title, message = '') {
  const first =
    stripVTControlCharacters(message)
      .split('\n')
      .find((line) => line.trim() !== '') ?? 'no word why';
  failures.push(`${relative(process.cwd(), file)}: ${title}: ${first.slice(0, 300)}`);
}

const specsOf = (suites) => suites.flatMap((suite) => [...suite.specs, ...specsOf(suite.suites ?? [])]);

async function vitest(project, environment) {
  say(`vitest: ${project}`);
  const file = join(results, `${project}.json`);
  const code = await run(
    'vitest',
    [
      'run',
      '--project',
      project,
      '--passWithNoTests',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    // Vite's build has left "production" here, in which React has no tools for tests.
    { ...environment, NODE_ENV: 'test' },
  );
  tally(`vitest ${project}`, code, () => {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    for (const suite of report.testResults) {
      const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
      for (const { fullName, failureMessages } of failed)
        nameFailure(suite.name, fullName, failureMessages[0]);
      if (suite.status === 'failed' && failed.length === 0)
        nameFailure(suite.name, 'as a whole', suite.message);
    }
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + (report.numFailedTestSuites > 0 && report.numFailedTests === 0 ? 1 : 0),
      skipped: report.numPendingTests + report.numTodoTests,
    };
  });
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
  tally('playwright', code, () => {
    const { stats, suites } = JSON.parse(readFileSync(file, 'utf8'));
    for (const spec of specsOf(suites)) {
      if (spec.ok) continue;
      const errors = spec.tests.flatMap(({ results }) => results.flatMap(({ error }) => error ?? []));
      nameFailure(spec.file, spec.title, errors[0]?.message);
    }
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  });
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
    if (inCi) add({ failed: 1 });
  }
  const environment = {
    ...(labReason === undefined ? {} : { DROVER_LAB_UNAVAILABLE: labReason }),
    ...(long ? { DROVER_LONG: '1' } : {}),
  };
  say('build');
  await build();
  say('types, lint, walls, format, dead code');
  add(await check());
  await vitest('unit', environment);
  await vitest('lab', environment);
  await playwright(environment);
} catch (error) {
  console.error(error);
  add({ failed: 1 });
} finally {
  rmSync(results, { recursive: true, force: true });
}
say('done');
for (const failure of failures) console.log(`FAILED ${failure}`);
if (inCi && total.skipped > 0) console.log('With CI=true nothing may be skipped.');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || (inCi && total.skipped > 0) ? 1 : 0;
