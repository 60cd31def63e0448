import { procedure } from '../procedure.ts';
import { domainRef, optionalText, text } from '../references.ts';
import { typedParameter } from '../typedParameters.ts';
import * as codec from '../xdr/codec.ts';

// libvirt's migration protocol version 3 as its client drives it, and the jobs it makes. Cookies go from each phase
// to the next, unread. Flags: `migrateFlags` in constants.ts. Field names as in remote_protocol.x.

const dom = domainRef;
const flags = codec.flags;
const params = codec.array(typedParameter, 64);
const cookie = codec.opaque(4_194_304);

/** On the source: the definition to send, and the first cookie. */
export const domainMigrateBegin3Params = procedure(
  302,
  'domain_migrate_begin3_params',
  codec.struct({ dom, params, flags }),
  codec.struct({ cookieOut: cookie, xml: text }),
);

/** On the destination: it listens; `uriOut` is where. */
export const domainMigratePrepare3Params = procedure(
  303,
  'domain_migrate_prepare3_params',
  codec.struct({ params, cookieIn: cookie, flags }),
  codec.struct({ cookieOut: cookie, uriOut: optionalText }),
);

/** On the source: moves the memory; answers only when that is over. */
export const domainMigratePerform3Params = procedure(
  305,
  'domain_migrate_perform3_params',
  codec.struct({ dom, dconnuri: optionalText, params, cookieIn: cookie, flags }),
  codec.struct({ cookieOut: cookie }),
);

/** On the destination: starts the guest there, or clears away what Prepare made if `cancelled` is 1. */
export const domainMigrateFinish3Params = procedure(
  306,
  'domain_migrate_finish3_params',
  codec.struct({ params, cookieIn: cookie, flags, cancelled: codec.int }),
  codec.struct({ dom, cookieOut: cookie }),
);

/** On the source: ends the guest there, or lets it go on if `cancelled` is 1. */
export const domainMigrateConfirm3Params = procedure(
  307,
  'domain_migrate_confirm3_params',
  codec.struct({ dom, params, cookieIn: cookie, flags, cancelled: codec.int }),
  codec.nothing,
);

/** Milliseconds. */
export const domainMigrateSetMaxDowntime = procedure(
  166,
  'domain_migrate_set_max_downtime',
  codec.struct({ dom, downtime: codec.uhyper, flags }),
  codec.nothing,
);

/** Milliseconds. */
export const domainMigrateGetMaxDowntime = procedure(
  387,
  'domain_migrate_get_max_downtime',
  codec.struct({ dom, flags }),
  codec.struct({ downtime: codec.uhyper }),
);

/** MiB/s; flag 1: of the post-copy phase. */
export const domainMigrateSetMaxSpeed = procedure(
  207,
  'domain_migrate_set_max_speed',
  codec.struct({ dom, bandwidth: codec.uhyper, flags }),
  codec.nothing,
);

export const domainMigrateGetMaxSpeed = procedure(
  242,
  'domain_migrate_get_max_speed',
  codec.struct({ dom, flags }),
  codec.struct({ bandwidth: codec.uhyper }),
);

/** Bytes. */
export const domainMigrateSetCompressionCache = procedure(
  300,
  'domain_migrate_set_compression_cache',
  codec.struct({ dom, cacheSize: codec.uhyper, flags }),
  codec.nothing,
);

export const domainMigrateGetCompressionCache = procedure(
  299,
  'domain_migrate_get_compression_cache',
  codec.struct({ dom, flags }),
  codec.struct({ cacheSize: codec.uhyper }),
);

/** Only for a migration begun with the post-copy flag; it cannot be cancelled after. */
export const domainMigrateStartPostCopy = procedure(
  364,
  'domain_migrate_start_post_copy',
  codec.struct({ dom, flags }),
  codec.nothing,
);

/** The older form: times in milliseconds, sizes in bytes; `type` is one of `jobTypes`. */
export const domainGetJobInfo = procedure(
  163,
  'domain_get_job_info',
  codec.struct({ dom }),
  codec.struct({
    type: codec.int,
    timeElapsed: codec.uhyper,
    timeRemaining: codec.uhyper,
    dataTotal: codec.uhyper,
    dataProcessed: codec.uhyper,
    dataRemaining: codec.uhyper,
    memTotal: codec.uhyper,
    memProcessed: codec.uhyper,
    memRemaining: codec.uhyper,
    fileTotal: codec.uhyper,
    fileProcessed: codec.uhyper,
    fileRemaining: codec.uhyper,
  }),
);

/** Flag 1: of the job that has finished last; 2: keep those for another asking. */
export const domainGetJobStats = procedure(
  298,
  'domain_get_job_stats',
  codec.struct({ dom, flags }),
  codec.struct({ type: codec.int, params }),
);

export const domainAbortJob = procedure(164, 'domain_abort_job', codec.struct({ dom }), codec.nothing);

/** Flag 1: a migration in post-copy (QEMU pauses it, for recovery). */
export const domainAbortJobFlags = procedure(
  442,
  'domain_abort_job_flags',
  codec.struct({ dom, flags }),
  codec.nothing,
);

/** Flags 0: page sampling, the only mode that is safe under emulation. Its result is in the domain's statistics. */
export const domainStartDirtyRateCalc = procedure(
  427,
  'domain_start_dirty_rate_calc',
  codec.struct({ dom, seconds: codec.int, flags }),
  codec.nothing,
);
