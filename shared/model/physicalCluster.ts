import { z } from 'zod';
import { clusterIdSchema } from './ids.ts';
import { simulationSchema } from './simulation.ts';

/** Hosts managed together, able to migrate VMs to each other. */
export const physicalClusterSchema = z
  .object({
    id: clusterIdSchema,
    name: z.string(),
    /** Simulated things are labelled as such wherever they are shown. */
    simulated: z.boolean(),
    /** Present where `simulated`; told live, never kept. */
    simulation: simulationSchema.exactOptional(),
  })
  .readonly();

export type PhysicalCluster = z.infer<typeof physicalClusterSchema>;
