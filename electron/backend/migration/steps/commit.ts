import { z } from 'zod';
import { askHost, returnToSource } from '../ends.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { probeMoving, reachedBy } from './probeMoving.ts';
import { required } from './required.ts';

/** Figures of QEMU's own, from the completed job: bytes, milliseconds, iterations. */
export const commitMemoSchema = stationMemoSchema.extend({
  memoryBytes: z.number().exactOptional(),
  diskBytes: z.number().exactOptional(),
  rounds: z.number().exactOptional(),
  downtimeMs: z.number().exactOptional(),
  transferMs: z.number().exactOptional(),
});

/** Step 4: the destination starts the guest (Finish). Journalled first: from here on it may run there. */
export const commit = defineStation({
  station: 'commit',
  memo: commitMemoSchema,
  detail: (input) => `Starting ${input.vmName} on ${input.toHostName}`,
  async do(context, input) {
    const { environment } = context;
    const destination = required(environment.destination);
    await context.journal({ reached: 'finishing' });
    await environment.onPhase('finish', 'before');
    environment.finished = await destination.finish(
      required(environment.settings),
      required(environment.prepared),
      false,
    );
    environment.prepared = undefined;
    // libvirt answers Finish with the source's copy still there: what counts is that the guest runs here.
    const word = await askHost(context, input.toHostId, input.uuid);
    if (word.kind === 'present' && word.state === 'active') await context.journal({ reached: 'finished' });
    await environment.onPhase('finish', 'after');
    const measured = await destination.completedJob(input.uuid, { deadlineMs: 5000 }).catch(() => undefined);
    const job = measured ?? environment.completed;
    if (job === undefined) return {};
    environment.completed = job;
    return {
      memoryBytes: job.memorySentBytes,
      diskBytes: job.diskSentBytes,
      rounds: job.round ?? environment.progress.rounds.length,
      ...(job.downtimeMs === undefined ? {} : { downtimeMs: job.downtimeMs }),
      ...(job.timeElapsedMs === undefined ? {} : { transferMs: job.timeElapsedMs }),
    };
  },
  undo: (context, input) => returnToSource(context, input, reachedBy(context.facts())),
  probe: probeMoving,
});
