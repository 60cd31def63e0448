import { z } from 'zod';
import { errorDataSchema } from '../contract/errors.ts';
import { clusterIdSchema, hostIdSchema } from './ids.ts';

/** How Drover stands with a host just now. Its VMs may well run while it is `unreachable`. */
export const hostConnectionSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('connecting'), since: z.number() }).readonly(),
  z.object({ state: z.literal('connected'), since: z.number() }).readonly(),
  z
    .object({
      state: z.literal('unreachable'),
      since: z.number(),
      error: errorDataSchema,
      /** Wall clock, milliseconds; when the next try is made by itself. */
      retryAt: z.number(),
    })
    .readonly(),
  /** Refused for a reason that trying again will not mend: key changed, password wanted, no rights. */
  z.object({ state: z.literal('needs-attention'), since: z.number(), error: errorDataSchema }).readonly(),
]);

export const hostCapacitySchema = z
  .object({
    cpus: z.number().int(),
    cpuModel: z.string(),
    cpuMhz: z.number(),
    memoryMiB: z.number(),
    /** Memory not promised to any process, when last asked. */
    memoryFreeMiB: z.number(),
    libvirtVersion: z.string(),
    hypervisorVersion: z.string(),
    hostname: z.string(),
    /** libvirt's own UUID of the host; two connections with one UUID are the same host. */
    hostUuid: z.string(),
    /** False where guests run under software emulation only. */
    kvm: z.boolean(),
  })
  .readonly();

export const hostSchema = z
  .object({
    id: hostIdSchema,
    clusterId: clusterIdSchema,
    name: z.string(),
    /** `ssh://user@address:port`, as given by the operator; without secrets. */
    address: z.string(),
    connection: hostConnectionSchema,
    /** Last known; absent until the host has answered once. */
    capacity: hostCapacitySchema.optional(),
    /** Set by the operator: "this host is off and stays off", so undecided tasks may resolve. */
    declaredDead: z.boolean(),
    /** Wall clock, milliseconds; when the inventory was last reconciled with the host. */
    lastSeenAt: z.number().optional(),
  })
  .readonly();

export type HostConnection = z.infer<typeof hostConnectionSchema>;
export type HostCapacity = z.infer<typeof hostCapacitySchema>;
export type Host = z.infer<typeof hostSchema>;
