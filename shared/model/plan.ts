import { z } from 'zod';
import { clusterIdSchema, hostIdSchema, vmIdSchema } from './ids.ts';
import { migrationRequestSchema } from './migration.ts';
import { vmActionSchema } from './vmAction.ts';

/** What a running task holds, so that two plans never spend the same thing. */
export const claimSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vm'), vmId: vmIdSchema }).readonly(),
  z.object({ kind: z.literal('host-memory'), hostId: hostIdSchema, memoryMiB: z.number() }).readonly(),
  z.object({ kind: z.literal('host-cpu'), hostId: hostIdSchema, vcpus: z.number() }).readonly(),
  z
    .object({ kind: z.literal('pool-bytes'), hostId: hostIdSchema, path: z.string(), bytes: z.number() })
    .readonly(),
  z.object({ kind: z.literal('link-rate'), hostId: hostIdSchema, rateBytesPerSecond: z.number() }).readonly(),
  z.object({ kind: z.literal('name'), clusterId: clusterIdSchema, name: z.string() }).readonly(),
]);

export const planStepSchema = z
  .object({
    /** Unique within the plan; what the journal calls the step. */
    id: z.string(),
    /** Names the file of do, undo and probe. */
    kind: z.string(),
    title: z.string(),
    reason: z.string(),
    /** Parsed by the step's own schema before it runs. */
    arguments: z.record(z.string(), z.unknown()),
    predicted: z.record(z.string(), z.number()).optional(),
  })
  .readonly();

export const rejectedAlternativeSchema = z.object({ title: z.string(), reason: z.string() }).readonly();

export const planSubjectSchema = z
  .object({
    clusterId: clusterIdSchema.optional(),
    vmId: vmIdSchema.optional(),
    vmName: z.string().optional(),
    hostIds: z.array(hostIdSchema).readonly(),
  })
  .readonly();

/** What was asked for, so that it can be asked again. */
export const planRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('migration'), request: migrationRequestSchema }).readonly(),
  z.object({ kind: z.literal('act'), vmId: vmIdSchema, action: vmActionSchema }).readonly(),
]);

/** Ordered steps with their reasons; data only, the same input gives the same plan to the byte. */
export const planSchema = z
  .object({
    kind: z.string(),
    title: z.string(),
    subject: planSubjectSchema,
    claims: z.array(claimSchema).readonly(),
    steps: z.array(planStepSchema).readonly(),
    /** Said to the operator before it runs: plaintext transfer, unsafe flag and why, post-copy's risk. */
    warnings: z.array(z.string()).readonly(),
    rejected: z.array(rejectedAlternativeSchema).readonly(),
    /** Absent where nobody can ask it again: what Drover decides itself, and plans of an older one. */
    request: planRequestSchema.exactOptional(),
  })
  .readonly();

export type Claim = z.infer<typeof claimSchema>;
export type PlanStep = z.infer<typeof planStepSchema>;
export type RejectedAlternative = z.infer<typeof rejectedAlternativeSchema>;
export type PlanSubject = z.infer<typeof planSubjectSchema>;
export type PlanRequest = z.infer<typeof planRequestSchema>;
export type Plan = z.infer<typeof planSchema>;
