import { describe, expect, it } from 'vitest';
import { taskId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import { requireCancelled, requireSuccess } from './followTask.ts';

const error = { code: 'migration-failed', message: 'Migrate web-01: the link broke.' } as const;

function task(change: Partial<Task>): Task {
  return {
    id: taskId('task-1'),
    kind: 'migration',
    title: 'Migrate web-01 from server-a to server-b',
    subject: { hostIds: [] },
    requestedBy: { who: 'me', via: 'command' },
    state: 'succeeded',
    createdAt: 0,
    steps: [],
    warnings: [],
    log: [],
    ...change,
  };
}

const undecided = task({ state: 'undecided', error, outcome: 'web-01 may run on server-b.' });
const failed = task({ state: 'failed', error, outcome: 'web-01 runs on server-a; it was not moved.' });

describe('a task that was waited for', () => {
  it('is done only where it succeeded', () => {
    expect(requireSuccess(task({}))).toMatchObject({ state: 'succeeded' });
  });

  it('is called undecided while it is, whatever broke, with what is known of the VM', () => {
    for (const require of [requireSuccess, requireCancelled]) {
      expect(() => require(undecided)).toThrow(
        expect.objectContaining({
          code: 'undecided',
          message: expect.stringContaining('web-01 may run on server-b. "drover task show task-1"'),
        }),
      );
    }
  });

  it('says where a failure left the VM', () => {
    for (const require of [requireSuccess, requireCancelled]) {
      expect(() => require(failed)).toThrow(
        expect.objectContaining({
          code: 'migration-failed',
          message: `${error.message} ${failed.outcome}`,
          details: expect.objectContaining({ outcome: failed.outcome }),
        }),
      );
    }
  });

  it('is not cancelled where it came to an end before', () => {
    expect(requireCancelled(task({ state: 'cancelled', error }))).toMatchObject({ state: 'cancelled' });
    expect(() => requireCancelled(task({ outcome: 'web-01 moved.' }))).toThrow(
      expect.objectContaining({
        code: 'cancel-refused',
        message: expect.stringMatching(/done before.*web-01 moved/),
      }),
    );
  });
});
