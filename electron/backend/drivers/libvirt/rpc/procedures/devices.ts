import { procedure, streamProcedure } from '../procedure.ts';
import { domainRef, optionalText, text } from '../references.ts';
import { typedParameter } from '../typedParameters.ts';
import * as codec from '../xdr/codec.ts';

// What a domain is made of: memory, CPUs, disks, interfaces, console, screen. Field names as in remote_protocol.x.
// `affect` flags: 0 current, 1 live, 2 config.

const dom = domainRef;
const flags = codec.flags;

/** Tags and units are `memoryStatTags` in constants.ts. */
export const domainMemoryStats = procedure(
  159,
  'domain_memory_stats',
  codec.struct({ dom, maxStats: codec.uint, flags }),
  codec.struct({ stats: codec.array(codec.struct({ tag: codec.int, val: codec.uhyper }), 1024) }),
);

/** Seconds between two statistics of the balloon; 0 stops them. */
export const domainSetMemoryStatsPeriod = procedure(
  308,
  'domain_set_memory_stats_period',
  codec.struct({ dom, period: codec.int, flags }),
  codec.nothing,
);

/** KiB; flag 4 changes the maximum. */
export const domainSetMemoryFlags = procedure(
  204,
  'domain_set_memory_flags',
  codec.struct({ dom, memory: codec.uhyper, flags }),
  codec.nothing,
);

/** Flag 4 changes the maximum, 8 asks the guest agent. */
export const domainSetVcpusFlags = procedure(
  199,
  'domain_set_vcpus_flags',
  codec.struct({ dom, nvcpus: codec.uint, flags }),
  codec.nothing,
);

export const domainGetVcpusFlags = procedure(
  200,
  'domain_get_vcpus_flags',
  codec.struct({ dom, flags }),
  codec.struct({ num: codec.int }),
);

const vcpu = codec.struct({ number: codec.uint, state: codec.int, cpuTime: codec.uhyper, cpu: codec.int });

/** `cpumaps` is `maplen` bytes for each vCPU. */
export const domainGetVcpus = procedure(
  20,
  'domain_get_vcpus',
  codec.struct({ dom, maxinfo: codec.int, maplen: codec.int }),
  codec.struct({ info: codec.array(vcpu, 16_384), cpumaps: codec.opaque(8_388_608) }),
);

export const domainPinVcpuFlags = procedure(
  225,
  'domain_pin_vcpu_flags',
  codec.struct({ dom, vcpu: codec.uint, cpumap: codec.opaque(2048), flags }),
  codec.nothing,
);

/** `startCpu` -1 with `ncpus` 1: in all. */
export const domainGetCpuStats = procedure(
  262,
  'domain_get_cpu_stats',
  codec.struct({ dom, nparams: codec.uint, startCpu: codec.int, ncpus: codec.uint, flags }),
  codec.struct({ params: codec.array(typedParameter, 2048), nparams: codec.int }),
);

/** CPU shares and caps; each parameter as `domain_get_scheduler_parameters_flags` names it. */
export const domainSetSchedulerParametersFlags = procedure(
  219,
  'domain_set_scheduler_parameters_flags',
  codec.struct({ dom, params: codec.array(typedParameter, 16), flags }),
  codec.nothing,
);

export const domainGetSchedulerParametersFlags = procedure(
  223,
  'domain_get_scheduler_parameters_flags',
  codec.struct({ dom, nparams: codec.int, flags }),
  codec.struct({ params: codec.array(typedParameter, 16) }),
);

/** Counters since start; `path` is the disk's target (`vda`) or its source. */
export const domainBlockStats = procedure(
  64,
  'domain_block_stats',
  codec.struct({ dom, path: text }),
  codec.struct({
    rdReq: codec.hyper,
    rdBytes: codec.hyper,
    wrReq: codec.hyper,
    wrBytes: codec.hyper,
    errs: codec.hyper,
  }),
);

/** `nparams` 0 asks how many there are. */
export const domainBlockStatsFlags = procedure(
  243,
  'domain_block_stats_flags',
  codec.struct({ dom, path: text, nparams: codec.int, flags }),
  codec.struct({ params: codec.array(typedParameter, 16), nparams: codec.int }),
);

/** Bytes. */
export const domainGetBlockInfo = procedure(
  194,
  'domain_get_block_info',
  codec.struct({ dom, path: text, flags }),
  codec.struct({ allocation: codec.uhyper, capacity: codec.uhyper, physical: codec.uhyper }),
);

/** KiB, or bytes with flag 1. */
export const domainBlockResize = procedure(
  251,
  'domain_block_resize',
  codec.struct({ dom, disk: text, size: codec.uhyper, flags }),
  codec.nothing,
);

export const domainGetDiskErrors = procedure(
  263,
  'domain_get_disk_errors',
  codec.struct({ dom, maxerrors: codec.uint, flags }),
  codec.struct({
    errors: codec.array(codec.struct({ disk: text, error: codec.int }), 256),
    nerrors: codec.int,
  }),
);

/** `found` 0: no job on that disk. */
export const domainGetBlockJobInfo = procedure(
  238,
  'domain_get_block_job_info',
  codec.struct({ dom, path: text, flags }),
  codec.struct({
    found: codec.int,
    type: codec.int,
    bandwidth: codec.uhyper,
    cur: codec.uhyper,
    end: codec.uhyper,
  }),
);

export const domainBlockJobAbort = procedure(
  237,
  'domain_block_job_abort',
  codec.struct({ dom, path: text, flags }),
  codec.nothing,
);

/** Copies everything of the backing chain above `base` (null: all of it) into the disk. MiB/s. */
export const domainBlockRebase = procedure(
  266,
  'domain_block_rebase',
  codec.struct({ dom, path: text, base: optionalText, bandwidth: codec.uhyper, flags }),
  codec.nothing,
);

/** Counters since start; -1 where the hypervisor does not count. */
export const domainInterfaceStats = procedure(
  65,
  'domain_interface_stats',
  codec.struct({ dom, device: text }),
  codec.struct({
    rxBytes: codec.hyper,
    rxPackets: codec.hyper,
    rxErrs: codec.hyper,
    rxDrop: codec.hyper,
    txBytes: codec.hyper,
    txPackets: codec.hyper,
    txErrs: codec.hyper,
    txDrop: codec.hyper,
  }),
);

const address = codec.struct({ type: codec.int, addr: text, prefix: codec.uint });
const guestInterface = codec.struct({
  name: text,
  hwaddr: optionalText,
  addrs: codec.array(address, 2048),
});

/** `source` 0 leases, 1 guest agent, 2 ARP. */
export const domainInterfaceAddresses = procedure(
  353,
  'domain_interface_addresses',
  codec.struct({ dom, source: codec.uint, flags }),
  codec.struct({ ifaces: codec.array(guestInterface, 2048) }),
);

/** Answers of the guest agent; 0 types asks for all it can. */
export const domainGetGuestInfo = procedure(
  418,
  'domain_get_guest_info',
  codec.struct({ dom, types: codec.uint, flags }),
  codec.struct({ params: codec.array(typedParameter, 2048) }),
);

const deviceXml = codec.struct({ dom, xml: text, flags });

export const domainAttachDeviceFlags = procedure(160, 'domain_attach_device_flags', deviceXml, codec.nothing);

export const domainDetachDeviceFlags = procedure(161, 'domain_detach_device_flags', deviceXml, codec.nothing);

export const domainUpdateDeviceFlags = procedure(174, 'domain_update_device_flags', deviceXml, codec.nothing);

/** `devName` null: the first console. Flag 1 cuts another client off, 2 refuses if not safely exclusive. */
export const domainOpenConsole = streamProcedure(
  201,
  'domain_open_console',
  codec.struct({ dom, devName: optionalText, flags }),
  codec.nothing,
  'both',
);

/** A virtio channel of the guest. */
export const domainOpenChannel = streamProcedure(
  296,
  'domain_open_channel',
  codec.struct({ dom, name: optionalText, flags }),
  codec.nothing,
  'both',
);

/** An image of the screen, in the format that `mime` tells. */
export const domainScreenshot = streamProcedure(
  211,
  'domain_screenshot',
  codec.struct({ dom, screen: codec.uint, flags }),
  codec.struct({ mime: optionalText }),
  'read',
);
