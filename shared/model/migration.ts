import { z } from 'zod';
import { hostIdSchema, vmIdSchema } from './ids.ts';
import { sentShape } from './migrationJob.ts';

export const migrationOptionsSchema = z
  .object({
    /** Cap on the migration's transfer; libvirt takes whole MiB/s and so do we. */
    bandwidthMiBPerSecond: z.number().int().min(1).max(1_000_000).optional(),
    /** Allowed downtime; QEMU's own default of 300 ms where absent. */
    maxDowntimeMs: z.number().int().min(1).max(2_000_000).optional(),
    copyStorage: z.boolean().default(false),
    autoConverge: z.boolean().default(false),
    postCopy: z.boolean().default(false),
  })
  .readonly();

export const migrationRequestSchema = z
  .object({ vmId: vmIdSchema, toHostId: hostIdSchema, options: migrationOptionsSchema })
  .readonly();

/** The six steps of a live migration, in the words of Clark et al. 2005. */
export const migrationStations = [
  'initialise',
  'reserve',
  'pre-copy',
  'stop-and-copy',
  'commit',
  'activate',
] as const;
export const migrationStationSchema = z.enum(migrationStations);

export const migrationRoundSchema = z
  .object({
    /** QEMU's iteration, from 1. */
    round: z.number().int(),
    startedAtMs: z.number(),
    durationMs: z.number(),
    sentBytes: z.number(),
    /** Memory made dirty meanwhile, by QEMU's dirty rate; absent until it has said one. */
    dirtiedBytes: z.number().optional(),
    remainingBytes: z.number(),
  })
  .readonly();

export const migrationProgressSchema = z
  .object({
    station: migrationStationSchema,
    rounds: z.array(migrationRoundSchema).readonly(),
    elapsedMs: z.number(),
    ...sentShape,
    throughputBytesPerSecond: z.number(),
    dirtyRateBytesPerSecond: z.number(),
    /** QEMU's own estimate were it to stop now; absent until it has one. */
    expectedDowntimeMs: z.number().optional(),
    throttlePercent: z.number(),
    postCopyActive: z.boolean(),
    /** (elapsedMs, remainingBytes) pairs, thinned to at most 200, for the line of remaining against time. */
    remaining: z.array(z.tuple([z.number(), z.number()])).readonly(),
  })
  .readonly();

export const migrationStepTimeSchema = z
  .object({ step: z.number().int().min(0).max(5), station: migrationStationSchema, durationMs: z.number() })
  .readonly();

export const migrationResultSchema = z
  .object({
    memoryBytes: z.number(),
    diskBytes: z.number(),
    /** QEMU's iterations. */
    rounds: z.number().int(),
    /** As QEMU measured it. Absent, like any other figure here, where nobody was there to measure. */
    downtimeMs: z.number().optional(),
    /**
     * From the call that starts the transfer to its end, on Drover's clock; in post-copy to the last page. libvirt does
     * not hand on QEMU's own time.
     */
    transferMs: z.number().optional(),
    /** Steps 0 to 5, as Drover saw them. */
    totalMs: z.number(),
    steps: z.array(migrationStepTimeSchema).readonly(),
  })
  .readonly();

export type MigrationOptions = z.infer<typeof migrationOptionsSchema>;
export type MigrationRequest = z.infer<typeof migrationRequestSchema>;
export type MigrationStation = z.infer<typeof migrationStationSchema>;
export type MigrationRound = z.infer<typeof migrationRoundSchema>;
export type MigrationProgress = z.infer<typeof migrationProgressSchema>;
export type MigrationStepTime = z.infer<typeof migrationStepTimeSchema>;
export type MigrationResult = z.infer<typeof migrationResultSchema>;
