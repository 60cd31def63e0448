import { describe, expect, it } from 'vitest';
import { migrationStations } from '#shared/model/migration.ts';
import { resultOf } from './migration.ts';

const times = Object.fromEntries(migrationStations.map((station) => [station, { durationMs: 10 }]));
const sent = { durationMs: 10, memoryBytes: 5, diskBytes: 0, rounds: 3 };

function result(last: object) {
  const memos: Readonly<Record<string, unknown>> = { ...times, activate: last };
  return resultOf((stepId) => memos[stepId]);
}

describe('the figures of a finished migration', () => {
  it('lack only what nobody measured', () => {
    const whole = { memoryBytes: 5, diskBytes: 0, rounds: 3, totalMs: 60 };
    expect(result({ ...sent, downtimeMs: 7, transferMs: 40 })).toMatchObject({
      ...whole,
      downtimeMs: 7,
      transferMs: 40,
    });
    const withoutDowntime = result({ ...sent, transferMs: 40 });
    expect(withoutDowntime).toMatchObject({ ...whole, transferMs: 40 });
    expect(withoutDowntime?.steps).toHaveLength(6);
    expect(withoutDowntime).not.toHaveProperty('downtimeMs');
    expect(result({ ...sent, downtimeMs: 7 })).not.toHaveProperty('transferMs');
  });

  it('are none where Drover was not there', () => {
    expect(result({ durationMs: 10 })).toBeUndefined();
  });
});
