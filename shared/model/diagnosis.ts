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

const rank: Readonly<Record<FindingLevel, number>> = { blocking: 0, warning: 1, fine: 2 };

/** What blocks first, then warnings, then what is fine; otherwise as they were. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => rank[one.level] - rank[other.level]);
}

/** The worst of them; fine where there are none. */
export function overallLevel(findings: readonly Finding[]): FindingLevel {
  return worstFirst(findings)[0]?.level ?? 'fine';
}

/** Of the host itself and of every way to and from it. */
export function allFindings({ findings, peers }: Diagnosis): readonly Finding[] {
  return [...findings, ...peers.flatMap(({ to, from }) => [...to, ...from])];
}
