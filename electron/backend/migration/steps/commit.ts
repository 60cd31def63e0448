import { pauseBetweenLooks } from '../../clock/clock.ts';
import { readStamps } from '../diskStamps.ts';
import { type MigrationContext, returnToSource } from '../ends.ts';
import { watchJob } from '../jobWatch.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { reachedBy } from '../reached.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { finishFailure, sourceLost } from './phaseFailure.ts';
import { probeMoving } from './probeMoving.ts';
import { heldDestination, required } from './required.ts';

const silentForMs = 10_000;
const lookEveryMs = 500;

/** Step 4: the destination starts the guest (Finish). Journalled first: from here on it may run there. */
export const commit = defineStation({
  station: 'commit',
  memo: stationMemoSchema,
  detail: (input) => `Starting ${input.vmName} on ${input.toHostName}`,
  async do(context, input) {
    const { environment } = context;
    const destination = heldDestination(context, input);
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
      const finishing = destination.finish(
        required(environment.settings),
        required(environment.prepared),
        false,
      );
      environment.finished = await (environment.postCopySwitched
        ? Promise.race([finishing, sourceSilent(context, input, finished.signal)])
        : finishing);
    } catch (thrown) {
      throw finishFailure(input, thrown);
    } finally {
      finished.abort();
    }
    environment.prepared = undefined;
    environment.finishedAt = environment.clock.elapsed();
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

/**
 * In post-copy the destination waits for pages as long as it takes, also for those of a source that died without a
 * word. Rejects once the source has been silent for a while: then the hosts are asked, and the doubt is said.
 */
async function sourceSilent(
  { environment }: MigrationContext,
  input: MigrationArguments,
  over: AbortSignal,
): Promise<never> {
  const { clock, hosts } = environment;
  let silentSince: number | undefined;
  while (!over.aborted) {
    const isHeard =
      environment.source !== undefined || hosts.driver(input.fromHostId)?.link().state === 'connected';
    silentSince = isHeard ? undefined : (silentSince ?? clock.elapsed());
    if (silentSince !== undefined && clock.elapsed() - silentSince >= silentForMs) break;
    await pauseBetweenLooks(clock, lookEveryMs, over);
  }
  throw sourceLost(input);
}
