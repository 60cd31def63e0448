import { z } from 'zod';
import { clusterIdSchema, hostIdSchema, taskIdSchema, vmIdSchema } from './ids.ts';

/**
 * The four states of the platform. Libvirt: shut off, running, paused, managed save.
 * `unknown` is not a fifth: it is what is said when no host that knows the VM answers.
 */
export const vmStateSchema = z.enum(['inactive', 'active', 'paused', 'suspended', 'unknown']);

/** Why it is in that state, where libvirt says; `migration` is the one that resume must mind. */
export const vmStateReasonSchema = z.enum([
  'unspecified',
  'booted',
  'migrated',
  'restored',
  'unpaused',
  'migration-cancelled',
  'user',
  'migration',
  'saving',
  'io-error',
  'watchdog',
  'starting-up',
  'post-copy',
  'post-copy-failed',
  'crashed',
  'destroyed',
  'shutdown',
  'failed',
  'daemon',
]);

export const vmDiskSchema = z
  .object({
    target: z.string(),
    /** Path on the host, or the source's URI; absent for an empty drive. */
    source: z.string().optional(),
    device: z.enum(['disk', 'cdrom', 'floppy', 'lun']),
    format: z.string(),
    cache: z.string(),
    readOnly: z.boolean(),
    shareable: z.boolean(),
    /** From the top's backing file down to the base; formats beside the paths. */
    backingChain: z.array(z.object({ path: z.string(), format: z.string() }).readonly()).readonly(),
  })
  .readonly();

export const vmNicSchema = z
  .object({
    mac: z.string(),
    model: z.string(),
    kind: z.string(),
    /** Bridge or network name. */
    source: z.string(),
  })
  .readonly();

export const vmGraphicsSchema = z
  .object({ kind: z.string(), port: z.number(), listen: z.string() })
  .readonly();

/** Another host's definition of the same VM: shown under it, never a second VM. */
export const vmCopySchema = z
  .object({
    hostId: hostIdSchema,
    role: z.enum(['incoming', 'stale', 'orphan']),
    state: vmStateSchema,
    reason: vmStateReasonSchema,
  })
  .readonly();

export const vmSchema = z
  .object({
    id: vmIdSchema,
    uuid: z.string(),
    clusterId: clusterIdSchema,
    name: z.string(),
    hostId: hostIdSchema,
    state: vmStateSchema,
    reason: vmStateReasonSchema,
    vcpus: z.number().int(),
    memoryMiB: z.number(),
    maxMemoryMiB: z.number(),
    persistent: z.boolean(),
    autostart: z.boolean(),
    hasSnapshots: z.boolean(),
    disks: z.array(vmDiskSchema).readonly(),
    nics: z.array(vmNicSchema).readonly(),
    graphics: z.array(vmGraphicsSchema).readonly(),
    /** It has a serial console. */
    serial: z.literal(true).exactOptional(),
    /** Machine type and CPU as libvirt expanded them; what another host must offer. */
    machine: z.string(),
    domainType: z.string(),
    /** The guest's operating system, in words, where its definition says (libosinfo): "Debian 12". */
    guestSystem: z.string().exactOptional(),
    copies: z.array(vmCopySchema).readonly(),
    /** The task that holds the VM exclusively, if any. */
    heldBy: taskIdSchema.optional(),
    /** False while its host is unreachable: everything above is then last known. */
    current: z.boolean(),
  })
  .readonly();

export type VmState = z.infer<typeof vmStateSchema>;
export type VmStateReason = z.infer<typeof vmStateReasonSchema>;
export type VmDisk = z.infer<typeof vmDiskSchema>;
export type VmNic = z.infer<typeof vmNicSchema>;
export type VmGraphics = z.infer<typeof vmGraphicsSchema>;
export type VmCopy = z.infer<typeof vmCopySchema>;
export type Vm = z.infer<typeof vmSchema>;
