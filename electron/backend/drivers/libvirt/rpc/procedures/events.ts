import type { EventKind } from '../procedure.ts';
import { domainRef, networkRef, optionalText, storagePoolRef, text } from '../references.ts';
import { typedParameter } from '../typedParameters.ts';
import * as codec from '../xdr/codec.ts';

// What hosts tell by themselves. Field names as in remote_protocol.x; numbers of kinds are virDomainEventID and the like.

const dom = domainRef;
const callbackID = codec.int;

function kind<Message>(
  family: EventKind<Message>['family'],
  id: number,
  number: number,
  name: string,
  body: EventKind<Message>['body'],
): EventKind<Message> {
  return { family, id, number, name, body };
}

/** Early events wrap an older message; what is handed on is flat in every case. */
function wrapped<Outer extends object, Inner extends object>(
  body: codec.Codec<Outer & { readonly msg: Inner }, never>,
): Pick<codec.Codec<Omit<Outer, 'msg'> & Inner, never>, 'layout' | 'read'> {
  return {
    layout: body.layout,
    read: (reader) => {
      const { msg, ...outer } = body.read(reader);
      return { ...outer, ...msg };
    },
  };
}

const aboutDomain = codec.struct({ dom });
const justDomain = wrapped(codec.struct({ callbackID, msg: aboutDomain }));
const withReason = wrapped(codec.struct({ callbackID, reason: codec.int, msg: aboutDomain }));
const withAlias = codec.struct({ callbackID, dom, devAlias: text });

const graphicsAddress = codec.struct({ family: codec.int, node: text, service: text });
const graphics = codec.struct({
  dom,
  phase: codec.int,
  local: graphicsAddress,
  remote: graphicsAddress,
  authScheme: text,
  subject: codec.array(codec.struct({ type: text, name: text }), 20),
});

const lifecycle = codec.struct({ dom, event: codec.int, detail: codec.int });
const ioErrorFields = { dom, srcPath: text, devAlias: text, action: codec.int };
const ioErrorReason = codec.struct({ ...ioErrorFields, reason: text });
const blockJob = codec.struct({ dom, path: text, type: codec.int, status: codec.int });
const diskChange = codec.struct({
  dom,
  oldSrcPath: optionalText,
  newSrcPath: optionalText,
  devAlias: text,
  reason: codec.int,
});
const trayChange = codec.struct({ dom, devAlias: text, reason: codec.int });

export const domainEvents = {
  /** `event` 0 defined, 1 undefined, 2 started, 3 suspended, 4 resumed, 5 stopped, 6 shutdown, 7 PM suspended, 8 crashed. */
  lifecycle: kind(
    'domain',
    0,
    318,
    'domain_event_callback_lifecycle',
    wrapped(codec.struct({ callbackID, msg: lifecycle })),
  ),
  reboot: kind('domain', 1, 319, 'domain_event_callback_reboot', justDomain),
  /** `offset` in seconds. */
  rtcChange: kind(
    'domain',
    2,
    320,
    'domain_event_callback_rtc_change',
    wrapped(codec.struct({ callbackID, msg: codec.struct({ dom, offset: codec.hyper }) })),
  ),
  watchdog: kind(
    'domain',
    3,
    321,
    'domain_event_callback_watchdog',
    wrapped(codec.struct({ callbackID, msg: codec.struct({ dom, action: codec.int }) })),
  ),
  ioError: kind(
    'domain',
    4,
    322,
    'domain_event_callback_io_error',
    wrapped(codec.struct({ callbackID, msg: codec.struct(ioErrorFields) })),
  ),
  graphics: kind(
    'domain',
    5,
    323,
    'domain_event_callback_graphics',
    wrapped(codec.struct({ callbackID, msg: graphics })),
  ),
  ioErrorReason: kind(
    'domain',
    6,
    324,
    'domain_event_callback_io_error_reason',
    wrapped(codec.struct({ callbackID, msg: ioErrorReason })),
  ),
  /** libvirt lost its channel to the hypervisor. */
  controlError: kind('domain', 7, 325, 'domain_event_callback_control_error', justDomain),
  blockJob: kind(
    'domain',
    8,
    326,
    'domain_event_callback_block_job',
    wrapped(codec.struct({ callbackID, msg: blockJob })),
  ),
  diskChange: kind(
    'domain',
    9,
    327,
    'domain_event_callback_disk_change',
    wrapped(codec.struct({ callbackID, msg: diskChange })),
  ),
  trayChange: kind(
    'domain',
    10,
    328,
    'domain_event_callback_tray_change',
    wrapped(codec.struct({ callbackID, msg: trayChange })),
  ),
  pmWakeup: kind('domain', 11, 329, 'domain_event_callback_pmwakeup', withReason),
  pmSuspend: kind('domain', 12, 330, 'domain_event_callback_pmsuspend', withReason),
  /** `actual` in KiB. */
  balloonChange: kind(
    'domain',
    13,
    331,
    'domain_event_callback_balloon_change',
    wrapped(codec.struct({ callbackID, msg: codec.struct({ dom, actual: codec.uhyper }) })),
  ),
  pmSuspendDisk: kind('domain', 14, 332, 'domain_event_callback_pmsuspend_disk', withReason),
  deviceRemoved: kind(
    'domain',
    15,
    333,
    'domain_event_callback_device_removed',
    wrapped(codec.struct({ callbackID, msg: codec.struct({ dom, devAlias: text }) })),
  ),
  blockJob2: kind(
    'domain',
    16,
    339,
    'domain_event_block_job_2',
    codec.struct({ callbackID, dom, dst: text, type: codec.int, status: codec.int }),
  ),
  tunable: kind(
    'domain',
    17,
    346,
    'domain_event_callback_tunable',
    codec.struct({ callbackID, dom, params: codec.array(typedParameter, 2048) }),
  ),
  /** `state` 1 connected, 2 disconnected. */
  agentLifecycle: kind(
    'domain',
    18,
    348,
    'domain_event_callback_agent_lifecycle',
    codec.struct({ callbackID, dom, state: codec.int, reason: codec.int }),
  ),
  deviceAdded: kind('domain', 19, 354, 'domain_event_callback_device_added', withAlias),
  /** A new round of pre-copy has begun. */
  migrationIteration: kind(
    'domain',
    20,
    359,
    'domain_event_callback_migration_iteration',
    codec.struct({ callbackID, dom, iteration: codec.int }),
  ),
  /** Statistics of a finished job, as `domainGetJobStats` names them. */
  jobCompleted: kind(
    'domain',
    21,
    363,
    'domain_event_callback_job_completed',
    codec.struct({ callbackID, dom, params: codec.array(typedParameter, 64) }),
  ),
  deviceRemovalFailed: kind('domain', 22, 367, 'domain_event_callback_device_removal_failed', withAlias),
  metadataChange: kind(
    'domain',
    23,
    379,
    'domain_event_callback_metadata_change',
    codec.struct({ callbackID, dom, type: codec.int, nsuri: optionalText }),
  ),
  blockThreshold: kind(
    'domain',
    24,
    385,
    'domain_event_block_threshold',
    codec.struct({
      callbackID,
      dom,
      dev: text,
      path: optionalText,
      threshold: codec.uhyper,
      excess: codec.uhyper,
    }),
  ),
  memoryFailure: kind(
    'domain',
    25,
    423,
    'domain_event_memory_failure',
    codec.struct({ callbackID, dom, recipient: codec.int, action: codec.int, flags: codec.flags }),
  ),
  memoryDeviceSizeChange: kind(
    'domain',
    26,
    438,
    'domain_event_memory_device_size_change',
    codec.struct({ callbackID, dom, alias: text, size: codec.uhyper }),
  ),
} as const;

export const networkEvents = {
  /** `event` 0 defined, 1 undefined, 2 started, 3 stopped. */
  lifecycle: kind(
    'network',
    0,
    315,
    'network_event_lifecycle',
    codec.struct({ callbackID, net: networkRef, event: codec.int, detail: codec.int }),
  ),
} as const;

export const storagePoolEvents = {
  /** `event` 0 defined, 1 undefined, 2 started, 3 stopped, 4 created, 5 deleted. */
  lifecycle: kind(
    'storagePool',
    0,
    370,
    'storage_pool_event_lifecycle',
    codec.struct({ callbackID, pool: storagePoolRef, event: codec.int, detail: codec.int }),
  ),
  refresh: kind(
    'storagePool',
    1,
    373,
    'storage_pool_event_refresh',
    codec.struct({ callbackID, pool: storagePoolRef }),
  ),
} as const;
