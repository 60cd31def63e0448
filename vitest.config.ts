import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'shared/**/*.test.ts',
            'electron/**/*.test.ts',
            'renderer/**/*.test.{ts,tsx}',
            'test/{house,contract,conformance}/**/*.test.ts',
          ],
          execArgv: ['--expose-gc'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'lab',
          // The lab's tests of itself take minutes and its names for themselves: they are of the long run.
          include: [
            'test/lab/{distance,guestXml}.test.ts',
            'test/lab-tests/**/*.test.ts',
            ...(process.env['DROVER_LONG'] === undefined ? [] : ['test/lab/**/*.test.ts']),
          ],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
