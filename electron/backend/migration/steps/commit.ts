import { readStamps } from '../diskStamps.ts';
import { returnToSource } from '../ends.ts';
import { watchJob } from '../jobWatch.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { finishFailure } from './phaseFailure.ts';
import { probeMoving, reachedBy } from './probeMoving.ts';
import { required } from './required.ts';

/** Step 4: the destination starts the guest (Finish). Journalled first: from here on it may run there. */
export const commit = defineStation({
  station: 'commit',
  memo: stationMemoSchema,
  detail: (input) => `Starting ${input.vmName} on ${input.toHostName}`,
  async do(context, input) {
    const { environment } = context;
    const destination = required(environment.destination);
    const stamps = await readStamps(context);
    await context.journal({ reached: 'finishing', ...(stamps === undefined ? {} : { stamps }) });
    await environment.onPhase('finish', 'before');
    const finished = new AbortController();
    // In post-copy the answer comes only when all memory has: the picture goes on meanwhile.
    if (environment.postCopySwitched) {
      void watchJob(context, input, finished.signal);
      void Promise.resolve(environment.onPhase('post-copy', 'after')).catch(() => undefined);
    }
    try {
      environment.finished = await destination.finish(
        required(environment.settings),
        required(environment.prepared),
        false,
      );
    } catch (thrown) {
      throw finishFailure(input, thrown);
    } finally {
      finished.abort();
    }
    environment.prepared = undefined;
    environment.finishedAt = environment.clock.now();
    // libvirt answers once the guest's CPUs run there, and has cleared the copy away otherwise.
    await context.journal({ reached: 'finished' });
    await environment.onPhase('finish', 'after');
    environment.completed ??= await destination
      .completedJob(input.uuid, { deadlineMs: 5000 })
      .catch(() => undefined);
    return {};
  },
  undo: (context, input) => returnToSource(context, input, reachedBy(context.facts())),
  probe: probeMoving,
});
