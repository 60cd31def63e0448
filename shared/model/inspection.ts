import { z } from 'zod';

/**
 * What a host says of itself when it is looked over; nothing in it is a judgement. A fact that is absent could not be
 * found out: an unprivileged login may not read everything, and a simulated world models only some.
 */
export const hostInspectionSchema = z
  .object({
    hostname: z.string(),
    /** By `/etc/os-release`; a fix is a command of that family. */
    system: z
      .object({ name: z.string(), family: z.enum(['debian', 'fedora', 'suse', 'other']) })
      .readonly()
      .exactOptional(),
    libvirtVersion: z.string(),
    hypervisorVersion: z.string(),
    /** `absent`: no such device; `refused`: there, and QEMU may not use it or it does not work. */
    kvm: z.enum(['usable', 'absent', 'refused']),
    /** What stands behind `kvm`. */
    kvmFacts: z
      .object({
        /** Whether `/dev/kvm` is there, and who owns it: `root:kvm 660`. */
        device: z.boolean(),
        owner: z.string().exactOptional(),
        /** What the processor says it can: Intel's, AMD's, or neither (none, or switched off in the firmware). */
        cpuFlag: z.enum(['vmx', 'svm', 'none']),
        /** The kernel module for that processor is loaded. */
        moduleLoaded: z.boolean(),
        /** The host is itself a virtual machine. */
        virtual: z.boolean(),
      })
      .readonly()
      .exactOptional(),
    user: z.string(),
    /** The groups of this login. */
    groups: z.array(z.string()).readonly().exactOptional(),
    /** Whether this login may change anything, as libvirt sees it. */
    mayWrite: z.boolean(),
    /** The host's clock less the workstation's, milliseconds, and the half of the round trip it is uncertain by. */
    clockAheadMs: z.number(),
    clockUncertainMs: z.number(),
    /** Whether the host says that its clock is kept by time servers, and the service that does it, if one runs. */
    clockKept: z
      .object({ synchronised: z.boolean(), service: z.string().exactOptional() })
      .readonly()
      .exactOptional(),
    /** libvirt's daemon: one for all, or the modular one of QEMU; whether it starts with the host. */
    daemon: z
      .object({ kind: z.enum(['libvirtd', 'virtqemud']), autostart: z.boolean().exactOptional() })
      .readonly()
      .exactOptional(),
    /** Programs that Drover runs on hosts and that this one lacks. */
    missingPrograms: z.array(z.string()).readonly().exactOptional(),
    memoryMiB: z.number(),
    memoryFreeMiB: z.number(),
    /** By name. */
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
            /** Whether this login may write into its folder. */
            writable: z.boolean().exactOptional(),
            /** Number of the file system that its folder is in. */
            device: z.string().exactOptional(),
          })
          .readonly(),
      )
      .readonly(),
    /** File systems that libvirt and QEMU write to beside the pools: saved memory, definitions, logs. */
    fileSystems: z
      .array(
        z
          .object({
            path: z.string(),
            /** Its number; the same as a pool's where that lies in it. */
            device: z.string().exactOptional(),
            capacityBytes: z.number(),
            availableBytes: z.number(),
          })
          .readonly(),
      )
      .readonly()
      .exactOptional(),
    /** Virtual networks of libvirt, and bridges of the host itself, each by name. */
    networks: z
      .array(
        z
          .object({
            name: z.string(),
            kind: z.enum(['network', 'bridge']),
            active: z.boolean(),
            /** Of a network: starts with the host. */
            autostart: z.boolean().exactOptional(),
          })
          .readonly(),
      )
      .readonly(),
    machineTypes: z.array(z.string()).readonly(),
    /** libvirt's `<cpu>` element of the host. */
    cpuXml: z.string(),
    cpuModel: z.string(),
    cpuFlags: z.array(z.string()).readonly(),
    architecture: z.string().exactOptional(),
    /** Whether QEMU's TLS certificates for migrations are in place. */
    migrationTls: z.enum(['ready', 'absent', 'unknown']),
    /** The folder in which they were looked for. */
    migrationTlsFolder: z.string().exactOptional(),
    /** False where qemu.conf could not be read, so that ports and addresses are taken to be the usual ones. */
    migrationSettingsRead: z.boolean().exactOptional(),
    /** Address on which incoming migrations listen (migration_address of qemu.conf); absent: on all. */
    migrationAddress: z.string().exactOptional(),
    /** The firewall that runs there. */
    firewall: z.enum(['firewalld', 'ufw', 'nftables', 'none']).exactOptional(),
    /** Ports on which migrations arrive. */
    migrationPorts: z.object({ first: z.number().int(), last: z.number().int() }).readonly(),
    /** Set in qemu.conf, if it is. */
    migrationHost: z.string().exactOptional(),
  })
  .readonly();

export type HostInspection = z.infer<typeof hostInspectionSchema>;
