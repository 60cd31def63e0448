import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import type { WishedOptions } from './droverStage.ts';
import { longRunPage } from './longRunPage.ts';
import { MigrationStage } from './migrationStage.ts';
import { type Cost, expectOutageExplained } from './outage.ts';
import { testedWith } from './testedWith.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const isLong = process.env['DROVER_LONG'] !== undefined;
const warmUp = 20;
const usualMoves = 300;
/** Fewer, where there is less time; the page says how many. */
const moves = Number(process.env['DROVER_SOAK_MOVES'] ?? usualMoves);
const page = new URL('../../docs/long-run.md', import.meta.url);

/** Of the long run: what twenty moves do not show. */
if (isLong && reason === undefined) {
  describe(`${moves} real moves`, () => {
    let lab: Lab;
    let stage: MigrationStage;

    beforeAll(async () => {
      lab = await startLab({
        name: 'soak-lab',
        hosts: 2,
        guests: [{ name: 'soaked', host: 'host-a', memoryMiB: 96, dirtyMiB: 16, dirtyRateMiBPerSecond: 10 }],
      });
      stage = await MigrationStage.open(lab);
    });

    afterAll(async () => {
      await stage?.close();
      await lab?.down();
    });

    it('leave no connection, file or memory behind, and one TCP stream outlives them all', async () => {
      const watched = await lab.watch('soaked');
      const ways = new Map<string, Cost[]>();
      let before = { files: 0, heapBytes: 0 };
      for (let move = 1; move <= warmUp + moves; move += 1) {
        const { name, options } = wayOf(move);
        watched.reset();
        const task = await stage.migrate('soaked', move % 2 === 1 ? 'host-b' : 'host-a', options);
        expect(task, `move ${move}`).toMatchObject({ state: 'succeeded' });
        expect(await stage.sightings('soaked')).toHaveLength(1);
        const cost = expectOutageExplained(task, watched.observation(), `move ${move}, ${name}`);
        if (move > warmUp) ways.set(name, [...(ways.get(name) ?? []), cost]);
        if (move === warmUp) before = measure();
      }
      watched.stop();
      const after = measure();
      const found = {
        moves,
        ways: [...ways].map(([name, costs]) => ({ name, costs })),
        heapGrowthKiB: Math.round((after.heapBytes - before.heapBytes) / 1024),
        filesBefore: before.files,
        filesAfter: after.files,
        with: await testedWith(stage.client),
      };
      await writeFile(page, longRunPage(found));
      expect(after.files).toBeLessThanOrEqual(before.files + 2);
      // The records of three hundred tasks are in the database; well under 20 KiB each would show.
      expect(after.heapBytes - before.heapBytes).toBeLessThan(6 * 1_048_576);
    }, 3_600_000);
  });
}

/** Every way by turns. */
function wayOf(move: number): { readonly name: string; readonly options: WishedOptions } {
  if (move % 5 === 3) return { name: 'post-copy', options: { postCopy: true, bandwidthMiBPerSecond: 64 } };
  if (move % 5 === 4) {
    return {
      name: 'auto-converge, 200 ms allowed',
      options: { autoConverge: true, maxDowntimeMs: 200 },
    };
  }
  return { name: 'as it is', options: {} };
}

function measure(): { readonly files: number; readonly heapBytes: number } {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return { files: readdirSync('/proc/self/fd').length, heapBytes: process.memoryUsage().heapUsed };
}
