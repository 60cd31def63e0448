import { procedure } from '../procedure.ts';
import { domainRef, listLimits, optionalText, text } from '../references.ts';
import { typedParameter } from '../typedParameters.ts';
import * as codec from '../xdr/codec.ts';

// Field names are those of libvirt's remote_protocol.x, in camelCase; a test holds every layout against it.

/** The ways in that a host may demand (remote_auth_type). */
export const authTypes = { none: 0, sasl: 1, polkit: 2 } as const;

export const authList = procedure(
  66,
  'auth_list',
  codec.nothing,
  codec.struct({ types: codec.array(codec.int, 20) }),
);

export const authPolkit = procedure(70, 'auth_polkit', codec.nothing, codec.struct({ complete: codec.int }));

/** Flag 1: read only. */
export const connectOpen = procedure(
  1,
  'connect_open',
  codec.struct({ name: optionalText, flags: codec.flags }),
  codec.nothing,
);

export const connectClose = procedure(2, 'connect_close', codec.nothing, codec.nothing);

export const connectGetType = procedure(3, 'connect_get_type', codec.nothing, codec.struct({ type: text }));

/** The hypervisor's version: major * 1 000 000 + minor * 1000 + release. */
export const connectGetVersion = procedure(
  4,
  'connect_get_version',
  codec.nothing,
  codec.struct({ hvVer: codec.uhyper }),
);

/** libvirt's own version, in the same form. */
export const connectGetLibVersion = procedure(
  157,
  'connect_get_lib_version',
  codec.nothing,
  codec.struct({ libVer: codec.uhyper }),
);

export const connectGetHostname = procedure(
  59,
  'connect_get_hostname',
  codec.nothing,
  codec.struct({ hostname: text }),
);

export const connectGetUri = procedure(110, 'connect_get_uri', codec.nothing, codec.struct({ uri: text }));

export const connectGetSysinfo = procedure(
  203,
  'connect_get_sysinfo',
  codec.struct({ flags: codec.flags }),
  codec.struct({ sysinfo: text }),
);

export const connectGetMaxVcpus = procedure(
  5,
  'connect_get_max_vcpus',
  codec.struct({ type: optionalText }),
  codec.struct({ maxVcpus: codec.int }),
);

export const connectGetCapabilities = procedure(
  7,
  'connect_get_capabilities',
  codec.nothing,
  codec.struct({ capabilities: text }),
);

export const connectGetDomainCapabilities = procedure(
  342,
  'connect_get_domain_capabilities',
  codec.struct({
    emulatorbin: optionalText,
    arch: optionalText,
    machine: optionalText,
    virttype: optionalText,
    flags: codec.flags,
  }),
  codec.struct({ capabilities: text }),
);

/** Feature numbers are `features` in constants.ts; `supported` is 0 or 1. */
export const connectSupportsFeature = procedure(
  60,
  'connect_supports_feature',
  codec.struct({ feature: codec.int }),
  codec.struct({ supported: codec.int }),
);

/** -1 error, 0 incompatible, 1 identical, 2 superset (virCPUCompareResult). */
export const connectCompareCpu = procedure(
  158,
  'connect_compare_cpu',
  codec.struct({ xml: text, flags: codec.flags }),
  codec.struct({ result: codec.int }),
);

export const connectCompareHypervisorCpu = procedure(
  393,
  'connect_compare_hypervisor_cpu',
  codec.struct({
    emulator: optionalText,
    arch: optionalText,
    machine: optionalText,
    virttype: optionalText,
    xmlCPU: text,
    flags: codec.flags,
  }),
  codec.struct({ result: codec.int }),
);

export const connectBaselineCpu = procedure(
  162,
  'connect_baseline_cpu',
  codec.struct({ xmlCPUs: codec.array(text, 256), flags: codec.flags }),
  codec.struct({ cpu: text }),
);

const statsParameters = codec.array(typedParameter, 262_144);

/** `doms` empty: all domains. Groups and flags are `domainStatsGroups` and `domainStatsFlags` in constants.ts. */
export const connectGetAllDomainStats = procedure(
  344,
  'connect_get_all_domain_stats',
  codec.struct({ doms: codec.array(domainRef, listLimits.domains), stats: codec.uint, flags: codec.flags }),
  codec.struct({
    retStats: codec.array(codec.struct({ dom: domainRef, params: statsParameters }), listLimits.domains),
  }),
);
