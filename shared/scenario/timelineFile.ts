import { z } from 'zod';
import { durationSchema } from './quantities.ts';

const host = z.string().meta({ description: 'A host by its name, or a group of hosts: it happens to each.' });
const vm = z.string().meta({ description: 'A VM by its name, or a group of VMs: it happens to each.' });
const destination = z.string().meta({ description: 'A host by its name.' });
const gbps = z.number().min(0.0001).max(10_000).meta({ description: 'Gbit a second.' });
const moveOptions = {
  copyStorage: z.boolean().default(false).meta({ description: 'Takes disks on storage of one host along.' }),
  autoConverge: z.boolean().default(false),
  postCopy: z.boolean().default(false),
  bandwidthMiBps: z.number().int().min(1).max(1e6).optional(),
  maxDowntime: durationSchema.optional(),
};

/** In libvirt's and Drover's own words: what breaks, what loads do, and what the operator does. */
const actionSchemas = [
  z.strictObject({ after: durationSchema, do: z.literal('power-off'), host }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('power-on'), host }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('cut-link'), host }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('slow-link'), host, gbps }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('mend-link'), host }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('cut-switch'), switch: z.string() }).readonly(),
  z
    .strictObject({ after: durationSchema, do: z.literal('slow-switch'), switch: z.string(), gbps })
    .readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('mend-switch'), switch: z.string() }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('restart-libvirt'), host }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('crash-vm'), vm }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('hang-vm'), vm }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('unhang-vm'), vm }).readonly(),
  z
    .strictObject({
      after: durationSchema,
      do: z.literal('fill-pool'),
      pool: z.string(),
      share: z.number().min(0).max(1),
    })
    .readonly(),
  z
    .strictObject({
      after: durationSchema,
      do: z.literal('surge'),
      vms: z
        .array(z.string())
        .min(1)
        .meta({ description: 'VMs by their names, or groups of VMs by theirs.' }),
      times: z.number().min(0).max(1000),
      lasts: durationSchema,
    })
    .readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('start-vm'), vm }).readonly(),
  z.strictObject({ after: durationSchema, do: z.literal('stop-vm'), vm }).readonly(),
  z
    .strictObject({ after: durationSchema, do: z.literal('migrate-vm'), vm, to: destination, ...moveOptions })
    .readonly(),
  z
    .strictObject({
      after: durationSchema,
      do: z.literal('evacuate'),
      host,
      atOnce: z.number().int().min(1).max(64).default(1),
      ...moveOptions,
    })
    .readonly(),
] as const;

export const timelineFileSchema = z.array(z.discriminatedUnion('do', actionSchemas)).max(10_000);

export type TimelineEntryFile = z.infer<typeof timelineFileSchema>[number];
