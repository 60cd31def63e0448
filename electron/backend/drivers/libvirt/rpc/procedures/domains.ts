import { procedure } from '../procedure.ts';
import { domainRef, listLimits, optionalText, text, uuid } from '../references.ts';
import * as codec from '../xdr/codec.ts';

// Finding, describing and defining domains. Field names as in remote_protocol.x.

const dom = domainRef;
const flags = codec.flags;
const oneDomain = codec.struct({ dom });

/** `needResults` 1 for the list itself, 0 for the count alone (in `ret`). Flags filter: 0 is all. */
export const connectListAllDomains = procedure(
  273,
  'connect_list_all_domains',
  codec.struct({ needResults: codec.int, flags }),
  codec.struct({ domains: codec.array(dom, listLimits.domains), ret: codec.uint }),
);

export const domainLookupById = procedure(
  22,
  'domain_lookup_by_id',
  codec.struct({ id: codec.int }),
  oneDomain,
);

export const domainLookupByName = procedure(
  23,
  'domain_lookup_by_name',
  codec.struct({ name: text }),
  oneDomain,
);

export const domainLookupByUuid = procedure(24, 'domain_lookup_by_uuid', codec.struct({ uuid }), oneDomain);

/** Flags: `xmlFlags` in constants.ts. */
export const domainGetXmlDesc = procedure(
  14,
  'domain_get_xml_desc',
  codec.struct({ dom, flags }),
  codec.struct({ xml: text }),
);

/** Memory in KiB, `cpuTime` in nanoseconds. */
export const domainGetInfo = procedure(
  16,
  'domain_get_info',
  oneDomain,
  codec.struct({
    state: codec.uint,
    maxMem: codec.uhyper,
    memory: codec.uhyper,
    nrVirtCpu: codec.uint,
    cpuTime: codec.uhyper,
  }),
);

/** `state` is one of `domainStates`; `reason` counts anew for each state. */
export const domainGetState = procedure(
  212,
  'domain_get_state',
  codec.struct({ dom, flags }),
  codec.struct({ state: codec.int, reason: codec.int }),
);

/** State of the channel to the hypervisor: 0 ok, 1 job, 2 occupied, 3 error; `stateTime` in milliseconds. */
export const domainGetControlInfo = procedure(
  229,
  'domain_get_control_info',
  codec.struct({ dom, flags }),
  codec.struct({ state: codec.uint, details: codec.uint, stateTime: codec.uhyper }),
);

export const domainIsActive = procedure(
  150,
  'domain_is_active',
  oneDomain,
  codec.struct({ active: codec.int }),
);

export const domainIsPersistent = procedure(
  151,
  'domain_is_persistent',
  oneDomain,
  codec.struct({ persistent: codec.int }),
);

export const domainIsUpdated = procedure(
  202,
  'domain_is_updated',
  oneDomain,
  codec.struct({ updated: codec.int }),
);

/** Guest host name. */
export const domainGetHostname = procedure(
  277,
  'domain_get_hostname',
  codec.struct({ dom, flags }),
  codec.struct({ hostname: text }),
);

export const domainDefineXmlFlags = procedure(
  350,
  'domain_define_xml_flags',
  codec.struct({ xml: text, flags }),
  oneDomain,
);

/** Flags: `undefineFlags` in constants.ts. */
export const domainUndefineFlags = procedure(
  231,
  'domain_undefine_flags',
  codec.struct({ dom, flags }),
  codec.nothing,
);

/** Only while shut off. */
export const domainRename = procedure(
  358,
  'domain_rename',
  codec.struct({ dom, newName: optionalText, flags }),
  codec.struct({ retcode: codec.int }),
);

export const domainGetAutostart = procedure(
  15,
  'domain_get_autostart',
  oneDomain,
  codec.struct({ autostart: codec.int }),
);

export const domainSetAutostart = procedure(
  29,
  'domain_set_autostart',
  codec.struct({ dom, autostart: codec.int }),
  codec.nothing,
);

/** `type` 0 description, 1 title, 2 element (then `key` is the prefix and `uri` the namespace); metadata null removes it. */
export const domainSetMetadata = procedure(
  264,
  'domain_set_metadata',
  codec.struct({
    dom,
    type: codec.int,
    metadata: optionalText,
    key: optionalText,
    uri: optionalText,
    flags,
  }),
  codec.nothing,
);

export const domainGetMetadata = procedure(
  265,
  'domain_get_metadata',
  codec.struct({ dom, type: codec.int, uri: optionalText, flags }),
  codec.struct({ metadata: text }),
);

/** Warnings such as tainting or deprecated parts. */
export const domainGetMessages = procedure(
  426,
  'domain_get_messages',
  codec.struct({ dom, flags }),
  codec.struct({ msgs: codec.array(text, 2048) }),
);

export const domainSnapshotNum = procedure(
  187,
  'domain_snapshot_num',
  codec.struct({ dom, flags }),
  codec.struct({ num: codec.int }),
);

const snapshot = codec.struct({ name: text, dom });

export const domainListAllSnapshots = procedure(
  274,
  'domain_list_all_snapshots',
  codec.struct({ dom, needResults: codec.int, flags }),
  codec.struct({ snapshots: codec.array(snapshot, 16_384), ret: codec.int }),
);
