import { z } from 'zod';

/** What a host says of itself when it is looked over; nothing in it is a judgement. */
export const hostInspectionSchema = z
  .object({
    hostname: z.string(),
    libvirtVersion: z.string(),
    hypervisorVersion: z.string(),
    /** `absent`: no such device; `refused`: there, and QEMU may not use it or it does not work. */
    kvm: z.enum(['usable', 'absent', 'refused']),
    user: z.string(),
    /** Whether this login may change anything, as libvirt sees it. */
    mayWrite: z.boolean(),
    /** The host's clock less the workstation's, milliseconds, and the half of the round trip it is uncertain by. */
    clockAheadMs: z.number(),
    clockUncertainMs: z.number(),
    memoryMiB: z.number(),
    memoryFreeMiB: z.number(),
    pools: z
      .array(
        z
          .object({
            name: z.string(),
            kind: z.string(),
            path: z.string().exactOptional(),
            active: z.boolean(),
            autostart: z.boolean(),
            capacityBytes: z.number(),
            availableBytes: z.number(),
          })
          .readonly(),
      )
      .readonly(),
    /** Virtual networks of libvirt, and bridges of the host itself. */
    networks: z
      .array(
        z.object({ name: z.string(), kind: z.enum(['network', 'bridge']), active: z.boolean() }).readonly(),
      )
      .readonly(),
    machineTypes: z.array(z.string()).readonly(),
    /** libvirt's `<cpu>` element of the host. */
    cpuXml: z.string(),
    cpuModel: z.string(),
    cpuFlags: z.array(z.string()).readonly(),
    /** Whether QEMU's TLS certificates for migrations are in place. */
    migrationTls: z.enum(['ready', 'absent', 'unknown']),
    /** Ports on which migrations arrive. */
    migrationPorts: z.object({ first: z.number().int(), last: z.number().int() }).readonly(),
    /** Set in qemu.conf, if it is. */
    migrationHost: z.string().exactOptional(),
  })
  .readonly();

export type HostInspection = z.infer<typeof hostInspectionSchema>;
