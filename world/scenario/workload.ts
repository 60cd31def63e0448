import { z } from 'zod';

/** What a guest does with what it is given, once it has booted. */
export const workloadSchema = z
  .object({
    /** How its CPU wish goes over the day: between `low` and `high`, parts of all its virtual CPUs. */
    pattern: z.enum(['idle', 'steady', 'diurnal', 'bursts']),
    low: z.number().min(0).max(1),
    high: z.number().min(0).max(1),
    /** Memory it holds in use, part of what it has. */
    memoryUsed: z.number().min(0).max(1),
    /** How fast it writes memory at `high`, MiB a second, and over how much of it in all. */
    writesMiBPerSecond: z.number().min(0),
    workingSetMiB: z.number().min(0),
    /** At `high`, KiB a second. */
    diskReadKiBPerSecond: z.number().min(0),
    diskWriteKiBPerSecond: z.number().min(0),
    networkReceiveKiBPerSecond: z.number().min(0),
    networkSendKiBPerSecond: z.number().min(0),
  })
  .readonly();

export type Workload = z.infer<typeof workloadSchema>;
