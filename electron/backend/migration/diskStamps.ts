import { z } from 'zod';
import type { StepContext } from '../tasks/step.ts';
import type { MigrationEnvironment } from './environment.ts';
import type { MigrationArguments } from './migrationArguments.ts';

const stampFactSchema = z.object({ stamps: z.array(z.string()) });
const readDeadlineMs = 2000;

/** Begins to keep an eye on the disks that both hosts write; without it the migration goes on and knows less. */
export async function openStamps(
  { environment }: StepContext<MigrationEnvironment>,
  input: MigrationArguments,
): Promise<void> {
  if (input.sharedDisks.length === 0) return;
  const driver = environment.hosts.driver(input.fromHostId);
  environment.stamps = await driver?.storage.openStamps(input.sharedDisks).catch(() => undefined);
}

/** Read while the guest stands still, just before the destination is told to start it: one round trip of its pause. */
export async function readStamps({
  environment,
}: StepContext<MigrationEnvironment>): Promise<readonly string[] | undefined> {
  return await environment.stamps?.read({ deadlineMs: readDeadlineMs }).catch(() => undefined);
}

/**
 * Whether the shared disks were written after the guest had stopped at the source. If they were, it ran at the
 * destination, and the memory kept at the source no longer fits them: resumed, it would destroy its file systems.
 */
export async function disksTouched(
  context: StepContext<MigrationEnvironment>,
  input: MigrationArguments,
): Promise<'untouched' | 'touched' | 'unknown'> {
  // A copy of its own at the destination was written there, and never these.
  if (input.sharedDisks.length === 0) return 'untouched';
  const then = context.facts().flatMap((fact) => {
    const parsed = stampFactSchema.safeParse(fact);
    return parsed.success ? [parsed.data.stamps] : [];
  });
  const last = then.at(-1);
  const driver = context.environment.hosts.driver(input.fromHostId);
  if (last === undefined || driver === undefined) return 'unknown';
  try {
    const stamps = await driver.storage.openStamps(input.sharedDisks);
    try {
      const now = await stamps.read({ deadlineMs: readDeadlineMs });
      return now.length === last.length && now.every((stamp, index) => stamp === last[index])
        ? 'untouched'
        : 'touched';
    } finally {
      await stamps.close();
    }
  } catch {
    return 'unknown';
  }
}
