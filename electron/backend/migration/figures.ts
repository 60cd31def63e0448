import { z } from 'zod';
import type { MigrationEnvironment } from './environment.ts';

/** Bytes, milliseconds, iterations. Absent where Drover was not there to see it. */
export const figuresSchema = z.object({
  memoryBytes: z.number().exactOptional(),
  diskBytes: z.number().exactOptional(),
  rounds: z.number().exactOptional(),
  downtimeMs: z.number().exactOptional(),
  transferMs: z.number().exactOptional(),
});
export type Figures = z.infer<typeof figuresSchema>;

/**
 * QEMU's own figures as libvirt hands them on at the end, and what was seen on the way where it left them out. libvirt
 * does not hand on QEMU's time of the transfer: its own ("time_elapsed") runs from Begin to whenever it is asked, so
 * the transfer's is taken from the call that makes it; in post-copy it ends with the last page, at Finish's answer.
 */
export function figuresOf(environment: MigrationEnvironment): Figures {
  const { completed, progress, performStartedAt, postCopySwitched } = environment;
  const ended = postCopySwitched ? environment.finishedAt : environment.performEndedAt;
  if (performStartedAt === undefined) return {};
  const downtimeMs = completed?.downtimeMs;
  return {
    memoryBytes: Math.max(completed?.memorySentBytes ?? 0, progress.memorySentBytes),
    diskBytes: Math.max(completed?.diskSentBytes ?? 0, progress.diskSentBytes),
    rounds: Math.max(completed?.round ?? 0, progress.rounds.at(-1)?.round ?? 0),
    ...(ended === undefined ? {} : { transferMs: Math.round(ended - performStartedAt) }),
    ...(downtimeMs === undefined ? {} : { downtimeMs }),
  };
}
