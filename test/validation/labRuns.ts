import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What is asked of a migration in the lab. */
const wishSchema = z.object({
  memoryMiB: z.number(),
  /** Swept by the guest page after page, at so much a second. */
  workingSetMiB: z.number(),
  writesMiBPerSecond: z.number(),
  /** The migration's cap; left out where only the link limits it. */
  capMiBPerSecond: z.number().optional(),
  /** The cable's rate (a token bucket); left out where it is as fast as the machine. */
  linkMbit: z.number().optional(),
});

/** One migration in the lab: what was asked for, and what libvirt and the guest said of it. */
const labRunSchema = wishSchema.extend({
  /** What the guest really wrote while it was moved. */
  keptMiBPerSecond: z.number(),
  /** libvirt's time of the job less `preparedMs`: from the order to QEMU until the guest runs at the destination. */
  tookMs: z.number(),
  /** What libvirt did before: above all, the destination's QEMU was started. */
  preparedMs: z.number(),
  /** false: it was given up after `tookMs`. */
  isThrough: z.boolean(),
  downtimeMs: z.number(),
  /** All that QEMU looked at: the guest's memory, its screen's and the firmware. */
  totalMiB: z.number(),
  zeroMiB: z.number(),
  sentMiB: z.number(),
  synchronisations: z.number(),
  /** Of the machine, over the minute before. */
  load: z.number(),
});

const labRunsSchema = z.object({
  measured: z.string(),
  cores: z.number(),
  limitMs: z.number(),
  runs: z.array(labRunSchema),
});

export type LabWished = Readonly<z.infer<typeof wishSchema>>;
export type LabRun = Readonly<z.infer<typeof labRunSchema>>;
export type LabRuns = Readonly<Omit<z.infer<typeof labRunsSchema>, 'runs'>> & {
  readonly runs: readonly LabRun[];
};

export const labRunsFile = join(import.meta.dirname, 'labRuns.json');

export function keptLabRuns(): LabRuns {
  return labRunsSchema.parse(JSON.parse(readFileSync(labRunsFile, 'utf8')));
}
