import { z } from 'zod';
import { hostIdSchema } from './ids.ts';

/** One line of a VM's configuration, in words with its unit; of one document the names differ. */
export const vmFactSchema = z
  .object({
    name: z.string(),
    /** Absent where the running instance has no such thing. */
    value: z.string().exactOptional(),
    /** What it is from the next start on, where that differs; empty where it is then gone. */
    next: z.string().exactOptional(),
  })
  .readonly();

/** One image of a disk's chain. Sizes where the host could tell. */
export const vmImageSchema = z
  .object({
    /** As `vmDiskSchema.source`: a path, or where it is reached over a network. */
    path: z.string(),
    format: z.string(),
    kind: z.enum(['file', 'block', 'network']),
    virtualBytes: z.number().exactOptional(),
    allocatedBytes: z.number().exactOptional(),
    /** The host has no such file: what lies over it cannot be read. */
    missing: z.literal(true).exactOptional(),
    /** Why the host could not be asked about it, or not all. */
    problem: z.string().exactOptional(),
    /** Which other hosts see the same file, proven by a marker; absent where it was not or could not be proven. */
    sharedWith: z.array(hostIdSchema).readonly().exactOptional(),
  })
  .readonly();

export const vmDiskDetailsSchema = z
  .object({
    target: z.string(),
    bus: z.string(),
    /** What the guest reads first at the front, its base at the end; empty for an empty drive. */
    chain: z.array(vmImageSchema).readonly(),
  })
  .readonly();

/** What is asked of the VM's host when somebody looks at the VM; not kept. */
export const vmDetailsSchema = z
  .object({
    /** By its cluster's clock. */
    at: z.number(),
    configuration: z.array(vmFactSchema).readonly(),
    disks: z.array(vmDiskDetailsSchema).readonly(),
  })
  .readonly();

/** How an address became known: the guest's agent said it, the host gave it by DHCP, or the host has seen it. */
export const addressSourceSchema = z.enum(['agent', 'lease', 'arp']);

/** One network interface of a running VM. Counters since it was plugged in. */
export const vmInterfaceSchema = z
  .object({
    mac: z.string(),
    link: z.enum(['up', 'down']),
    /** With their prefix where it is known: 10.0.0.7/24. */
    addresses: z.array(z.string()).readonly(),
    addressesFrom: addressSourceSchema.exactOptional(),
    receivedBytes: z.number().exactOptional(),
    sentBytes: z.number().exactOptional(),
  })
  .readonly();

export const vmInterfacesSchema = z
  .object({
    /** By its cluster's clock. */
    at: z.number(),
    interfaces: z.array(vmInterfaceSchema).readonly(),
  })
  .readonly();

export type VmFact = z.infer<typeof vmFactSchema>;
export type VmImage = z.infer<typeof vmImageSchema>;
export type VmDiskDetails = z.infer<typeof vmDiskDetailsSchema>;
export type VmDetails = z.infer<typeof vmDetailsSchema>;
export type VmInterface = z.infer<typeof vmInterfaceSchema>;
export type VmInterfaces = z.infer<typeof vmInterfacesSchema>;
