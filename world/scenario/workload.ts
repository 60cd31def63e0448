import { z } from 'zod';
import { loadSlotMs } from '#shared/scenario/workloadFile.ts';

export { loadSlotMs };

const slot = z.number().int().multipleOf(loadSlotMs).min(loadSlotMs);
const cores = z.number().min(0);

/** CPU use as it was recorded, percent of all that the guest had; begun anew at its end. */
export const traceSchema = z
  .object({ intervalMs: slot, percents: z.array(z.number().min(0).max(100)).min(1).readonly() })
  .readonly();

/**
 * What a guest does with what it is given, once it has booted. `cpu`, `noise` and `rates` are those of
 * `physics/workload.ts`; rates are bytes for each second of a core.
 */
export const workloadSchema = z
  .object({
    cpu: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('constant'), cores }).readonly(),
      z
        .object({
          kind: z.literal('diurnal'),
          lowCores: cores,
          highCores: cores,
          peakHour: z.number().min(0).max(24),
          slotMs: slot,
        })
        .readonly(),
      z
        .object({
          kind: z.literal('bursty'),
          idleCores: cores,
          burstCores: cores,
          burstChance: z.number().min(0).max(1),
          slotMs: slot,
        })
        .readonly(),
      /** Each step holds from its moment after the world's first, in order of time. */
      z
        .object({
          kind: z.literal('step'),
          cores,
          steps: z.array(z.object({ afterMs: z.number().min(0), cores }).readonly()).readonly(),
        })
        .readonly(),
      /** A trace of the scenario's; `cores` is what 100 % of it means. */
      z.object({ kind: z.literal('trace'), trace: z.string(), cores }).readonly(),
    ]),
    noise: z
      .object({ share: z.number().min(0).max(1), slotMs: slot })
      .readonly()
      .exactOptional(),
    rates: z
      .object({
        diskRead: z.number().min(0),
        diskWrite: z.number().min(0),
        networkReceive: z.number().min(0),
        networkSend: z.number().min(0),
      })
      .readonly(),
    memory: z
      .object({
        /** Of the guest's memory: pages that are not zero, and so have to be sent. */
        touchedShare: z.number().min(0).max(1),
        workingSetMiB: z.number().min(0),
        /** At the most that its pattern asks for; in proportion below. */
        writesMiBPerSecond: z.number().min(0),
        pattern: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('uniform') }).readonly(),
          z.object({ kind: z.literal('sequential') }).readonly(),
          z
            .object({
              kind: z.literal('hot-cold'),
              hotShare: z.number().min(0).max(1),
              hotWrites: z.number().min(0).max(1),
            })
            .readonly(),
        ]),
      })
      .readonly(),
  })
  .readonly();

export type GuestWorkload = z.infer<typeof workloadSchema>;

/** Of a guest that nobody has described: it boots and waits. */
export const idleWorkload: GuestWorkload = {
  cpu: { kind: 'constant', cores: 0.02 },
  rates: { diskRead: 0, diskWrite: 200_000, networkReceive: 20_000, networkSend: 20_000 },
  memory: {
    touchedShare: 0.2,
    workingSetMiB: 16,
    writesMiBPerSecond: 1,
    pattern: { kind: 'uniform' },
  },
};

/** Cores at full speed: what its memory and disk rates are meant for. */
export function fullCores({ cpu }: GuestWorkload): number {
  switch (cpu.kind) {
    case 'constant':
      return cpu.cores;
    case 'diurnal':
      return Math.max(cpu.lowCores, cpu.highCores);
    case 'bursty':
      return Math.max(cpu.idleCores, cpu.burstCores);
    case 'step':
      return Math.max(cpu.cores, ...cpu.steps.map((step) => step.cores));
    case 'trace':
      return cpu.cores;
    default:
      return cpu satisfies never;
  }
}
