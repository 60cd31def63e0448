import { z } from 'zod';
import { hostIdSchema } from './ids.ts';

/** `blocking`: something will not work. `warning`: it works, and may not always. */
export const findingLevelSchema = z.enum(['fine', 'warning', 'blocking']);

export const findingSchema = z
  .object({
    /** Stable, for programs: `kvm`, `pool.default`, `migration.cpu` ... */
    check: z.string(),
    level: findingLevelSchema,
    /** What was found, in a sentence. */
    title: z.string(),
    /** Why it is so and what it means; absent where the title says all. */
    cause: z.string().exactOptional(),
    /** A command to copy, and where it is to run. */
    fix: z
      .object({ on: z.string(), command: z.string(), note: z.string().exactOptional() })
      .readonly()
      .exactOptional(),
  })
  .readonly();

/** A host looked over: what it has, and whether VMs could migrate between it and each other host of its cluster. */
export const diagnosisSchema = z
  .object({
    hostId: hostIdSchema,
    /** Wall clock, milliseconds. */
    at: z.number(),
    findings: z.array(findingSchema).readonly(),
    peers: z
      .array(
        z
          .object({
            hostId: hostIdSchema,
            to: z.array(findingSchema).readonly(),
            from: z.array(findingSchema).readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

export type FindingLevel = z.infer<typeof findingLevelSchema>;
export type Finding = z.infer<typeof findingSchema>;
export type Diagnosis = z.infer<typeof diagnosisSchema>;
