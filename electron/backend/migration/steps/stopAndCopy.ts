import { returnToSource } from '../ends.ts';
import { nextProgress } from '../progress.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { performFailure } from './performFailure.ts';
import { probeMoving } from './probeMoving.ts';
import { required } from './required.ts';

/** Step 3: the guest is stopped, the rest and its CPU and devices are sent (Perform, second part). */
export const stopAndCopy = defineStation({
  station: 'stop-and-copy',
  memo: stationMemoSchema,
  detail: (input) => `${input.vmName} is stopped for the last part`,
  async do(context, input) {
    const { environment } = context;
    if (!environment.postCopySwitched) {
      context.refuseCancel(
        `${input.vmName} is just being switched over; a cancel would only prolong its pause.`,
      );
    }
    await environment.onPhase('switch-over', 'before');
    const performed = await required(environment.performing);
    if (!performed.ok) throw performFailure(context, input, performed.error);
    environment.begun = { ...required(environment.begun), cookie: performed.cookie };
    environment.prepared = { ...required(environment.prepared), cookie: performed.cookie };
    const job = await environment.source?.completedJob({ deadlineMs: 5000 }).catch(() => undefined);
    if (job !== undefined) {
      environment.completed = job;
      environment.progress = nextProgress(
        environment.progress,
        job,
        environment.clock.now() - environment.startedAt,
      );
    }
    await environment.onPhase('switch-over', 'after');
    return {};
  },
  undo: (context, input) => returnToSource(context, input, 'before-finish'),
  probe: probeMoving,
});
