import { describe, expect, it } from 'vitest';
import type { TaskState } from '../model/task.ts';
import { canRetry } from './canRetry.ts';

const asked = (kind: string, state: TaskState, via: 'desktop' | 'drover' = 'desktop') =>
  canRetry({ kind, state, requestedBy: { who: 'maria', via }, subject: { hostIds: [] } });

describe('whether a task may be asked for again', () => {
  it('says yes to what failed or was cancelled and can be asked by a person', () => {
    for (const kind of ['migration', 'start', 'shut-down']) {
      expect(asked(kind, 'failed')).toEqual({ allowed: true });
      expect(asked(kind, 'cancelled')).toEqual({ allowed: true });
    }
  });

  it.each([
    ['migration', 'succeeded', /nothing to try again/],
    ['migration', 'running', /has not ended yet/],
    ['migration', 'undecided', /not known yet/],
    ['define', 'failed', /from its XML/],
    ['of-a-later-drover', 'failed', /does not know what was asked/],
  ] as const)('refuses %s that is %s, with its reason', (kind, state, reason) => {
    expect(asked(kind, state)).toMatchObject({ allowed: false, reason: expect.stringMatching(reason) });
  });

  it('leaves to Drover what Drover asked for itself', () => {
    expect(asked('migration', 'failed', 'drover')).toMatchObject({ allowed: false });
  });
});
