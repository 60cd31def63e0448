import { type MigrationContext, returnToSource } from '../ends.ts';
import type { Performed } from '../environment.ts';
import { lookAtJob } from '../jobWatch.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { destinationGone } from '../postCopy.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { failure } from './preCopy.ts';
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
    const performed = await untilPerformed(context, input);
    if (!performed.ok) throw failure(context, input, performed.error);
    environment.prepared = { ...required(environment.prepared), cookie: performed.cookie };
    // Not waited for: the guest stands still meanwhile.
    void lookAtJob(context, input);
    await environment.onPhase('switch-over', 'after');
    return {};
  },
  undo: (context, input) => returnToSource(context, input, 'before-finish'),
  probe: probeMoving,
});

/** A destination that dies now leaves the source waiting for it, and the guest standing still meanwhile. */
async function untilPerformed(context: MigrationContext, input: MigrationArguments): Promise<Performed> {
  const { environment } = context;
  const end = environment.destination?.onClose(() => destinationGone(context, input));
  if (end === undefined) destinationGone(context, input);
  try {
    return await required(environment.performing);
  } finally {
    end?.();
  }
}
