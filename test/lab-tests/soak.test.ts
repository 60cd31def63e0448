import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { MigrationStage } from './migrationStage.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const isLong = process.env['DROVER_LONG'] !== undefined;
const warmUp = 20;
const moves = 300;

/** Of the long run: what twenty moves do not show. */
if (isLong && reason === undefined) {
  describe('three hundred real moves', () => {
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
      const downtimes: number[] = [];
      let before = { files: 0, heapBytes: 0 };
      for (let move = 1; move <= warmUp + moves; move += 1) {
        const task = await stage.migrate('soaked', move % 2 === 1 ? 'host-b' : 'host-a', optionsOf(move));
        expect(task, `move ${move}`).toMatchObject({ state: 'succeeded' });
        expect(await stage.sightings('soaked')).toHaveLength(1);
        expect(watched.observation(), `move ${move}`).toMatchObject({ connected: true, unbroken: true });
        downtimes.push(task.migration?.downtimeMs ?? Number.NaN);
        if (move === warmUp) before = measure();
      }
      watched.stop();
      const after = measure();
      downtimes.sort((one, other) => one - other);
      console.log(
        `downtime in ms: median ${downtimes[downtimes.length >> 1]}, 95 % ${downtimes[Math.floor(downtimes.length * 0.95)]}, longest ${downtimes.at(-1)}; heap grew by ${((after.heapBytes - before.heapBytes) / 1024).toFixed(0)} KiB`,
      );
      expect(after.files).toBeLessThanOrEqual(before.files + 2);
      // The records of three hundred tasks are in the database; well under 20 KiB each would show.
      expect(after.heapBytes - before.heapBytes).toBeLessThan(6 * 1_048_576);
    }, 3_600_000);
  });
}

/** Every way by turns. */
function optionsOf(move: number) {
  if (move % 5 === 3) return { postCopy: true, bandwidthMiBPerSecond: 64 };
  if (move % 5 === 4) return { autoConverge: true, maxDowntimeMs: 200 };
  return {};
}

function measure(): { readonly files: number; readonly heapBytes: number } {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return { files: readdirSync('/proc/self/fd').length, heapBytes: process.memoryUsage().heapUsed };
}
