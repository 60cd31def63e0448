import { z } from 'zod';

const host = z.string();
const vm = z.string();
const rateBitsPerSecond = z.number().min(1e5);

/** What an operator says of a migration; what is left out is as Drover's own dialog has it. */
const moveOptions = {
  copyStorage: z.boolean(),
  autoConverge: z.boolean(),
  postCopy: z.boolean(),
  bandwidthMiBPerSecond: z.number().int().min(1).exactOptional(),
  maxDowntimeMs: z.number().int().min(1).exactOptional(),
};

/** Something that happens to a simulated cluster, or that its operator does, by the scenario's timeline. */
export const timelineActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('power-off'), host }).readonly(),
  z.object({ kind: z.literal('power-on'), host }).readonly(),
  z.object({ kind: z.literal('cut-link'), host }).readonly(),
  z.object({ kind: z.literal('slow-link'), host, rateBitsPerSecond }).readonly(),
  z.object({ kind: z.literal('mend-link'), host }).readonly(),
  /** A switch's uplink. */
  z.object({ kind: z.literal('cut-switch'), switch: z.string() }).readonly(),
  z.object({ kind: z.literal('slow-switch'), switch: z.string(), rateBitsPerSecond }).readonly(),
  z.object({ kind: z.literal('mend-switch'), switch: z.string() }).readonly(),
  z.object({ kind: z.literal('restart-libvirt'), host }).readonly(),
  z.object({ kind: z.literal('crash-vm'), vm }).readonly(),
  z.object({ kind: z.literal('hang-vm'), vm }).readonly(),
  z.object({ kind: z.literal('unhang-vm'), vm }).readonly(),
  /** Files of no VM fill it up to this share of its capacity, 0 to 1; on all its hosts where each has its own. */
  z.object({ kind: z.literal('fill-pool'), pool: z.string(), share: z.number().min(0).max(1) }).readonly(),
  /** These ask for so many times their CPU, and all that follows from it, for so long. */
  z
    .object({
      kind: z.literal('surge'),
      vms: z.array(vm).min(1).readonly(),
      times: z.number().min(0).max(1000),
      lastsMs: z.number().min(0),
    })
    .readonly(),
  z.object({ kind: z.literal('start-vm'), vm }).readonly(),
  /** By its power button. */
  z.object({ kind: z.literal('stop-vm'), vm }).readonly(),
  z.object({ kind: z.literal('migrate-vm'), vm, to: host, ...moveOptions }).readonly(),
  /** Moves all that runs there to where most memory is free, so many at once. */
  z.object({ kind: z.literal('evacuate'), host, atOnce: z.number().int().min(1), ...moveOptions }).readonly(),
]);

export const timelineSchema = z
  .array(z.object({ afterMs: z.number().min(0), action: timelineActionSchema }).readonly())
  .readonly();

export type TimelineAction = z.infer<typeof timelineActionSchema>;

/** What an action is done to, by its name; of several VMs the first, and how many more. */
export function objectOf(action: TimelineAction): string {
  if ('vm' in action) return action.vm;
  if ('host' in action) return action.host;
  if ('switch' in action) return action.switch;
  if ('pool' in action) return action.pool;
  return severalInWords(action.vms);
}

export function severalInWords([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
