import { z } from 'zod';

/** How far memory and disks have come over. */
export const sentShape = {
  memoryTotalBytes: z.number(),
  memorySentBytes: z.number(),
  memoryRemainingBytes: z.number(),
  diskTotalBytes: z.number(),
  diskSentBytes: z.number(),
  diskRemainingBytes: z.number(),
} as const;

/** What a host tells of a migration it takes part in, as libvirt's job statistics: bytes and milliseconds. Absent fields were not said. */
export const migrationJobSchema = z
  .object({
    /** `incoming`: this host is the destination of one; it has no figures then, all are 0. */
    state: z.enum(['active', 'completed', 'failed', 'cancelled', 'incoming']),
    timeElapsedMs: z.number().exactOptional(),
    ...sentShape,
    throughputBytesPerSecond: z.number().exactOptional(),
    dirtyRatePagesPerSecond: z.number().exactOptional(),
    pageSizeBytes: z.number().exactOptional(),
    /** Bitmap synchronisations so far. */
    round: z.number().exactOptional(),
    /** While active the expected, once the guest runs at the destination the measured. */
    downtimeMs: z.number().exactOptional(),
    /** Of it, what the source's QEMU measured: without the hand-over by whoever manages the migration. */
    downtimeNetMs: z.number().exactOptional(),
    setupTimeMs: z.number().exactOptional(),
    throttlePercent: z.number().exactOptional(),
    errorText: z.string().exactOptional(),
  })
  .readonly();

export type MigrationJob = z.infer<typeof migrationJobSchema>;

/** Of a migration that has not sent anything, or that this host knows no figures of. */
export const nothingSent = {
  memoryTotalBytes: 0,
  memorySentBytes: 0,
  memoryRemainingBytes: 0,
  diskTotalBytes: 0,
  diskSentBytes: 0,
  diskRemainingBytes: 0,
} as const;
