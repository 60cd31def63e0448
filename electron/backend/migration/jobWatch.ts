import type { MigrationJob } from '#shared/model/migrationJob.ts';
import { pauseBetweenLooks } from '../clock/clock.ts';
import type { StepContext } from '../tasks/step.ts';
import type { MigrationEnvironment } from './environment.ts';
import type { MigrationArguments } from './migrationArguments.ts';
import { arrivedMiB, nextProgress } from './progress.ts';
import { showProgress } from './showProgress.ts';

const lookEveryMs = 250;
const lookDeadlineMs = 5000;

/** One look at the source's job, over the control connection; undefined where there is none or nobody answered. */
export async function lookAtJob(
  context: StepContext<MigrationEnvironment>,
  input: MigrationArguments,
): Promise<MigrationJob | undefined> {
  const { environment } = context;
  const driver = environment.hosts.driver(input.fromHostId);
  let job: MigrationJob | undefined;
  try {
    job = await driver?.migration.job(input.uuid, { deadlineMs: lookDeadlineMs });
  } catch {
    // The picture stands still; whether the migration itself lives is told by its own connection.
    return undefined;
  }
  // Before QEMU has begun it knows no sizes, and an older look may come back after a newer one.
  const { progress, clock, startedAt } = environment;
  if (job?.state !== 'active' || job.memoryTotalBytes === 0) return job;
  if (job.memorySentBytes < progress.memorySentBytes) return job;
  const next = nextProgress(progress, job, Math.round(clock.elapsed() - startedAt));
  environment.progress = next;
  environment.hosts.arrived(environment.taskId, input.toHostId, arrivedMiB(next));
  showProgress(
    context,
    progress.postCopyActive
      ? `Fetching the rest of ${input.vmName}'s memory while it runs on ${input.toHostName}`
      : `Round ${job.round ?? 1} of copying ${input.vmName}'s memory while it runs`,
  );
  return job;
}

/** Keeps the picture moving while something long is waited for elsewhere. */
export async function watchJob(
  context: StepContext<MigrationEnvironment>,
  input: MigrationArguments,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    await lookAtJob(context, input);
    await pauseBetweenLooks(context.environment.clock, lookEveryMs, over);
  }
}
