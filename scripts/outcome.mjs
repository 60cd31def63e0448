// What `npm test` counts, and what failed by name: whoever sees only the last lines of a long run still knows.
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export class Outcome {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** `file: title: message`, a line each. */
  failures = [];

  add({ passed = 0, failed = 0, skipped = 0 }) {
    this.passed += passed;
    this.failed += failed;
    this.skipped += skipped;
  }

  /** `message`: its first line that says something is kept. */
  name(file, title, message = '') {
    const first =
      stripVTControlCharacters(message)
        .split('\n')
        .find((line) => line.trim() !== '') ?? 'no word why';
    this.failures.push(`${relative(process.cwd(), file)}: ${title}: ${first.trim().slice(0, 300)}`);
  }

  /** Something that is not a test of any runner. */
  fail(file, title, message) {
    this.add({ failed: 1 });
    this.name(file, title, message);
  }

  /** @param checked what `check` returns */
  addChecks({ passed, failed }) {
    this.add({ passed });
    for (const { name, text } of failed) this.fail('scripts/check.mjs', name, text);
  }

  /** @param report of its reporter `json` */
  addVitest(code, runner, report) {
    if (report === undefined) return this.#endedBadly(code, runner);
    let failed = report.numFailedTests;
    for (const suite of report.testResults) {
      const tests = suite.assertionResults.filter(({ status }) => status === 'failed');
      for (const { fullName, failureMessages } of tests) this.name(suite.name, fullName, failureMessages[0]);
      if (suite.status !== 'failed' || tests.length > 0) continue;
      failed += 1;
      this.name(suite.name, 'as a whole', suite.message);
    }
    const { numPassedTests: passed, numPendingTests, numTodoTests } = report;
    this.add({ passed, failed, skipped: numPendingTests + numTodoTests });
    if (code !== 0 && failed === 0) this.#endedBadly(code, runner);
  }

  /** @param report of its reporter `json` */
  addPlaywright(code, report) {
    if (report === undefined) return this.#endedBadly(code, 'playwright');
    const { config, stats, suites } = report;
    for (const spec of specsOf(suites)) {
      if (spec.ok) continue;
      const errors = spec.tests.flatMap(({ results }) => results.flatMap(({ error }) => error ?? []));
      this.name(join(config.rootDir, spec.file), spec.title, errors[0]?.message);
    }
    this.add({ passed: stats.expected, failed: stats.unexpected, skipped: stats.skipped });
    if (code !== 0 && stats.unexpected === 0) this.#endedBadly(code, 'playwright');
  }

  /** A runner that ended badly without a failed test to show for it is itself a failure. */
  #endedBadly(code, runner) {
    this.fail(
      'scripts/test.mjs',
      runner,
      `ended with code ${code} and no failed test to show for it: see what it printed`,
    );
  }
}

const specsOf = (suites) => suites.flatMap((suite) => [...suite.specs, ...specsOf(suite.suites ?? [])]);
