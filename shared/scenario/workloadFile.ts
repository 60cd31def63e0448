import { z } from 'zod';
import { durationSchema } from './quantities.ts';

/** Demands change at whole multiples of this only, so that every host's load is constant in between. */
export const loadSlotMs = 10_000;

const cores = z.number().min(0).max(1024).meta({ description: 'Cores, as many as a guest keeps busy.' });
const share = z.number().min(0).max(1).meta({ description: 'A share, 0 to 1.' });
const perCore = z
  .number()
  .min(0)
  .max(1e6)
  .default(0)
  .meta({ description: 'MiB for each second that a core computes.' });

const cpuSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), cores }).readonly(),
    z
      .strictObject({
        kind: z.literal('diurnal'),
        lowCores: cores,
        highCores: cores,
        peakHour: z.number().min(0).max(24).meta({ description: 'Hour of the day (UTC) with most work.' }),
      })
      .readonly(),
    z
      .strictObject({
        kind: z.literal('bursty'),
        idleCores: cores,
        burstCores: cores,
        burstChance: share,
        lasts: durationSchema
          .optional()
          .meta({ description: 'How long a burst or pause lasts; 1min unless given, 10s at the least.' }),
      })
      .readonly(),
    z
      .strictObject({
        kind: z.literal('step'),
        cores,
        steps: z.array(z.strictObject({ after: durationSchema, cores }).readonly()).min(1),
      })
      .readonly(),
    z
      .strictObject({
        kind: z.literal('trace'),
        trace: z.string().meta({ description: 'A name under "traces".' }),
        cores: cores.optional().meta({ description: 'What 100 % means; all vCPUs of the VM unless given.' }),
      })
      .readonly(),
  ])
  .meta({ description: 'What a guest asks of its CPUs over time.' });

const patternSchema = z.union([
  z.enum(['uniform', 'sequential']),
  z.strictObject({ hotShare: share, hotWrites: share }).readonly().meta({
    description: 'hotShare of the working set takes hotWrites of the writes.',
  }),
]);

export const workloadFileSchema = z
  .strictObject({
    cpu: cpuSchema,
    noise: share
      .default(0.1)
      .meta({ description: 'Demand is up to this share more or less than the pattern.' }),
    diskReadMiB: perCore,
    diskWriteMiB: perCore,
    networkReceiveMiB: perCore,
    networkSendMiB: perCore,
    memory: z
      .strictObject({
        touchedShare: share
          .default(0.4)
          .meta({ description: 'Of its memory, what is not zero and has to be moved.' }),
        workingSetMiB: z.number().min(0).max(1e9).default(64),
        writesMiBps: z
          .number()
          .min(0)
          .max(1e6)
          .default(8)
          .meta({ description: 'MiB written a second at its full speed, page by page.' }),
        pattern: patternSchema.default('uniform'),
      })
      .readonly()
      .prefault({}),
  })
  .readonly();

export type WorkloadFile = z.infer<typeof workloadFileSchema>;

export const traceFileSchema = z
  .union([
    z
      .strictObject({
        file: z.string().min(1).meta({ description: 'A CSV file, beside the scenario.' }),
        column: z
          .string()
          .optional()
          .meta({ description: 'The column by its title; the first unless given.' }),
        every: durationSchema.meta({ description: 'How far its values lie apart: 10s or whole multiples.' }),
      })
      .readonly(),
    z
      .strictObject({
        folder: z.string().min(1).meta({
          description:
            'A folder of the CloudSim/PlanetLab form: a file a VM, a whole number of percent a line. The VMs of a group take them in the order of their names.',
        }),
        every: durationSchema.prefault('5min'),
      })
      .readonly(),
    z
      .strictObject({
        percents: z.array(z.number().min(0).max(100)).min(1).max(100_000),
        every: durationSchema,
      })
      .readonly(),
    z
      .strictObject({
        made: z
          .strictObject({
            count: z.number().int().min(1).max(10_000),
            meanPercent: z.number().min(0).max(100).default(12),
          })
          .readonly()
          .meta({ description: 'Made from the seed: a day each, in the shape of the PlanetLab recordings.' }),
      })
      .readonly(),
  ])
  .meta({ description: 'CPU use as it was recorded, in percent; begun anew at its end.' });

export type TraceFile = z.infer<typeof traceFileSchema>;
