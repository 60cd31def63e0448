import { z } from 'zod';
import { errorDataSchema } from '../contract/errors.ts';
import { clusterIdSchema, hostIdSchema, vmIdSchema } from './ids.ts';
import { clusterMetrics, type Metric, vmMetrics } from './samples.ts';

/** Whose measurements are asked for. */
export const historySubjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cluster'), id: clusterIdSchema }).readonly(),
  z.object({ kind: z.literal('host'), id: hostIdSchema }).readonly(),
  z.object({ kind: z.literal('vm'), id: vmIdSchema }).readonly(),
]);

export const metricSchema = z.enum([...new Set<Metric>([...clusterMetrics, ...vmMetrics])]);

export const historyRequestSchema = z
  .object({
    subject: historySubjectSchema,
    metrics: z.array(metricSchema).min(1).max(20).readonly(),
    /** By the cluster's clock, milliseconds. Without `to` up to the newest; `spanMs` is what lies before it. */
    spanMs: z.number().positive(),
    to: z.number().exactOptional(),
    /** At most so many. */
    points: z.number().int().min(2).max(2000),
  })
  .readonly();

const column = z.array(z.number().nullable()).readonly();

/**
 * The n-th number of each column belongs to the n-th moment. null is a gap. Each point stands for `stepMs` from its
 * moment on (0: as measured): its mean, and the least and the greatest that was measured in it, so that peaks survive.
 */
export const historyColumnsSchema = z
  .object({
    from: z.number(),
    to: z.number(),
    stepMs: z.number(),
    at: z.array(z.number()).readonly(),
    columns: z
      .array(z.object({ metric: metricSchema, mean: column, least: column, greatest: column }).readonly())
      .readonly(),
    /** Why history is not kept just now, or from when on it had to begin anew. */
    trouble: errorDataSchema.exactOptional(),
  })
  .readonly();

export type HistorySubject = z.infer<typeof historySubjectSchema>;
export type HistoryRequest = z.infer<typeof historyRequestSchema>;
export type HistoryColumns = z.infer<typeof historyColumnsSchema>;
