import { describe, expect, it } from 'vitest';
import { emptyForm, readForm } from './migrationForm.ts';

describe('readForm', () => {
  it('leaves to QEMU what is left empty', () => {
    expect(readForm(emptyForm).options).toEqual({ copyStorage: false, autoConverge: false, postCopy: false });
  });

  it('reads whole numbers', () => {
    expect(
      readForm({ ...emptyForm, bandwidth: ' 50 ', downtime: '100', autoConverge: true }).options,
    ).toEqual({
      bandwidthMiBPerSecond: 50,
      maxDowntimeMs: 100,
      copyStorage: false,
      autoConverge: true,
      postCopy: false,
    });
  });

  it.each(['0', '-3', '1.5', 'fast', '1e9'])('says what to write instead of %s', (bandwidth) => {
    const read = readForm({ ...emptyForm, bandwidth });
    expect(read.options).toBeUndefined();
    expect(read.bandwidthProblem).toContain('1 to 1,000,000 MiB/s');
    expect(read.downtimeProblem).toBeUndefined();
  });
});
