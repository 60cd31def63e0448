import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longestFirst.ts';

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'machine/**/*.test.ts',
            'electron/**/*.test.ts',
            'scripts/**/*.test.mjs',
            'world/!(physics)/**/*.test.ts',
            'test/{house,contract,validation}/**/*.test.ts',
            'test/conformance/simulator*.test.ts',
          ],
          globalSetup: ['test/builtPrograms.ts'],
          setupFiles: ['test/propertySeed.ts'],
          execArgv: ['--expose-gc'],
          // Most of them wait; by itself vitest leaves one processor of two alone.
          maxWorkers: 3,
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          // The whole app in a simulated document, and what is pure: loaded once for each worker, so each test takes down what it put up.
          name: 'page',
          include: ['renderer/**/*.test.{ts,tsx}', 'shared/**/*.test.ts', 'world/physics/**/*.test.ts'],
          setupFiles: ['test/propertySeed.ts'],
          isolate: false,
          maxWorkers: 3,
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/{lab,lab-tests}/**/*.test.ts', 'test/conformance/libvirt*.test.ts'],
          globalSetup: ['test/builtPrograms.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Guests boot and hosts time out; that is waiting, not work.
          maxWorkers: 3,
        },
      },
    ],
  },
});
