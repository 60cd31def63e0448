import { defineConfig } from '@playwright/test';

const json = process.env['DROVER_PLAYWRIGHT_JSON'];

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  // Beside another, Playwright now and then cannot take hold of the packed app (`desktopApp.ts`).
  workers: 1,
  // A test that fails once has failed; `scripts/outcome.mjs` counts on it.
  retries: 0,
  timeout: 90_000,
  // Of a machine that does much else at the same time.
  expect: { timeout: 20_000 },
  reporter: [['line'], ...(json === undefined ? [] : [['json', { outputFile: json }] as const])],
});
