import { z } from 'zod';

/**
 * The verbs of a VM's life. Legal moves between the four states:
 * inactive -start-> active; active -pause-> paused -resume-> active; active|paused -suspend-> suspended;
 * suspended -restore-> active; suspended -discard-> inactive; active -shut-down|force-off-> inactive; paused
 * -force-off-> inactive. Reboot and reset leave an active VM active.
 */
export const vmActionSchema = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('start') }).readonly(),
  z.object({ verb: z.literal('pause') }).readonly(),
  z.object({ verb: z.literal('resume') }).readonly(),
  /** Memory is written to the host's disk and the instance ends; also called managed save. */
  z.object({ verb: z.literal('suspend') }).readonly(),
  /** Starts from the memory that suspend wrote. */
  z.object({ verb: z.literal('restore') }).readonly(),
  /** Drops the memory that suspend wrote; the VM is then inactive, as after pulling its plug. */
  z.object({ verb: z.literal('discard') }).readonly(),
  z
    .object({
      verb: z.literal('shut-down'),
      /** How long the guest is given, seconds of the cluster's clock. */
      patienceSeconds: z.number().int().min(1).max(3600).default(120),
      /** What happens when it ignores it: the task fails and says so, or the VM is forced off. */
      whenIgnored: z.enum(['report', 'force-off']).default('report'),
    })
    .readonly(),
  z.object({ verb: z.literal('force-off') }).readonly(),
  z.object({ verb: z.literal('reboot') }).readonly(),
  z.object({ verb: z.literal('reset') }).readonly(),
  z.object({ verb: z.literal('rename'), name: z.string().min(1).max(255) }).readonly(),
  z.object({ verb: z.literal('autostart'), on: z.boolean() }).readonly(),
  /** Removes the definition, and what suspend wrote; disks stay. */
  z.object({ verb: z.literal('undefine') }).readonly(),
]);

export type VmAction = z.infer<typeof vmActionSchema>;
export type VmVerb = VmAction['verb'];

export const vmVerbs: readonly VmVerb[] = vmActionSchema.options.map(
  (option) => option.unwrap().shape.verb.value,
);
