import { resolve } from 'node:path';
import { expect, it, vi } from 'vitest';
import { check } from './check.mjs';
import { Outcome } from './outcome.mjs';

const badly = 'ended with code 1 and no failed test to show for it: see what it printed';

it('names a static check that failed', async () => {
  const printed = vi.spyOn(console, 'log').mockReturnValue();
  const outcome = new Outcome();
  outcome.addChecks(
    await check([
      { name: 'works', command: ['tsc', '--version'] },
      { name: 'types: nowhere', command: ['tsc', '-p', 'no-such-folder'] },
    ]),
  );
  expect(printed).toHaveBeenCalledWith('FAILED types: nowhere');
  printed.mockRestore();
  expect(outcome).toMatchObject({ passed: 1, failed: 1 });
  expect(outcome.failures).toEqual([
    expect.stringMatching(/^scripts\/check\.mjs: types: nowhere: .*no-such-folder/),
  ]);
});

it('names what broke off by the first line that says something, without colours', () => {
  const outcome = new Outcome();
  outcome.fail('scripts/test.mjs', 'build', '\n\u001B[31mBuild node: no such file\u001B[39m\nat somewhere');
  outcome.fail('scripts/test.mjs', 'parts', '');
  expect(outcome).toMatchObject({ passed: 0, failed: 2, skipped: 0 });
  expect(outcome.failures).toEqual([
    'scripts/test.mjs: build: Build node: no such file',
    'scripts/test.mjs: parts: no word why',
  ]);
});

const suite = (name, status, assertionResults, message = '') => ({
  name: resolve(name),
  status,
  message,
  assertionResults,
});
const vitestReport = (testResults, numFailedTests = 0) => ({
  numPassedTests: 3,
  numFailedTests,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults,
});

it('names the tests that failed in vitest, and files that could not be run beside them', () => {
  const outcome = new Outcome();
  const failed = {
    status: 'failed',
    fullName: 'a host is kept',
    failureMessages: ['Error: it was not\n  at x'],
  };
  const report = vitestReport(
    [
      suite('shared/a.test.ts', 'failed', [{ status: 'passed' }, failed]),
      suite('shared/b.test.ts', 'failed', [], 'Cannot find module'),
      suite('shared/c.test.ts', 'passed', []),
    ],
    1,
  );
  outcome.addVitest(1, 'vitest: unit', report);
  expect(outcome).toMatchObject({ passed: 3, failed: 2, skipped: 2 });
  expect(outcome.failures).toEqual([
    'shared/a.test.ts: a host is kept: Error: it was not',
    'shared/b.test.ts: as a whole: Cannot find module',
  ]);
});

const spec = (title, ok, results) => ({ title, ok, file: 'desktop.spec.ts', tests: [{ results }] });
const playwrightReport = (unexpected, specs) => ({
  config: { rootDir: resolve('test/e2e') },
  stats: { expected: 2, unexpected, skipped: 1, flaky: 0 },
  suites: [{ specs: [], suites: [{ specs }] }],
});

it('names the tests that failed in Playwright by their place in the project', () => {
  const outcome = new Outcome();
  const specs = [spec('opens', false, [{ error: { message: 'Timed out' } }]), spec('closes', true, [{}])];
  outcome.addPlaywright(1, playwrightReport(1, specs));
  expect(outcome).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
  expect(outcome.failures).toEqual(['test/e2e/desktop.spec.ts: opens: Timed out']);
});

it('names a runner that ended badly with no failed test, or with no report', () => {
  const outcome = new Outcome();
  outcome.addVitest(1, 'vitest: unit', vitestReport([]));
  outcome.addVitest(1, 'vitest: lab', undefined);
  outcome.addPlaywright(1, playwrightReport(0, []));
  outcome.addPlaywright(0, undefined);
  expect(outcome).toMatchObject({ passed: 5, failed: 4 });
  expect(outcome.failures).toEqual([
    `scripts/test.mjs: vitest: unit: ${badly}`,
    `scripts/test.mjs: vitest: lab: ${badly}`,
    `scripts/test.mjs: playwright: ${badly}`,
    `scripts/test.mjs: playwright: ${badly.replace('code 1', 'code 0')}`,
  ]);
});

it('adds nothing to name where all is well', () => {
  const outcome = new Outcome();
  outcome.addVitest(0, 'vitest: unit', vitestReport([]));
  outcome.addPlaywright(0, playwrightReport(0, []));
  expect(outcome).toMatchObject({ passed: 5, failed: 0, skipped: 3, failures: [] });
});
