import { type MigrationJob, nothingSent } from '#shared/model/migrationJob.ts';
import type { CallOptions } from '../drivers.ts';
import type {
  MigrationDestination,
  MigrationEvent,
  MigrationSettings,
  MigrationSource,
} from '../migration.ts';
import { refOf } from './domains.ts';
import { migrationJob } from './migrationJob.ts';
import {
  connectGetLibVersion,
  type DomainRef,
  domainEvents,
  domainGetJobStats,
  domainLookupByUuid,
  domainMigrateBegin3Params,
  domainMigrateConfirm3Params,
  domainMigrateFinish3Params,
  domainMigratePerform3Params,
  domainMigratePrepare3Params,
  domainMigrateSetMaxDowntime,
  jobStatsFlags,
  jobTypes,
  type LibvirtConnection,
  LibvirtError,
  libvirtErrorCodes,
  lifecycleEvents,
  migrateFlags,
  parameter,
  type TypedParameter,
} from './rpc/rpc.ts';

/** As long as it takes; keepalive tells when the other side is gone. */
const longestMs = 20 * 24 * 3600 * 1000;
/** The first incoming migration makes the destination ask QEMU what it can do: seconds. */
const prepareDeadlineMs = 120_000;
const endDeadlineMs = 120_000;

/** virDomainEventSuspendedDetailType. */
const suspendedDetails = { migrated: 1, postCopy: 7, postCopyFailed: 8 } as const;

export async function openSourceEnd(
  connection: LibvirtConnection,
  uuid: string,
  options: CallOptions | undefined,
): Promise<MigrationSource> {
  const { dom } = await connection.call(domainLookupByUuid, { uuid }, options);
  const listeners = new Set<(event: MigrationEvent) => void>();
  const tell = (event: MigrationEvent) => {
    for (const listener of listeners) listener(event);
  };
  const ours = (other: DomainRef) => other.uuid === dom.uuid;
  await connection.subscribe(domainEvents.migrationIteration, ({ dom: other, iteration }) => {
    if (ours(other)) tell({ kind: 'round', round: iteration });
  });
  await connection.subscribe(domainEvents.jobCompleted, ({ dom: other, params }) => {
    const job = ours(other) ? migrationJob(jobTypes.completed, params) : undefined;
    if (job !== undefined) tell({ kind: 'completed', job });
  });
  await connection.subscribe(domainEvents.lifecycle, ({ dom: other, event, detail }) => {
    if (!ours(other) || event !== lifecycleEvents.suspended) return;
    if (detail === suspendedDetails.migrated) tell({ kind: 'stopped' });
    else if (detail === suspendedDetails.postCopy) tell({ kind: 'post-copy-active' });
    else if (detail === suspendedDetails.postCopyFailed) tell({ kind: 'post-copy-failed' });
  });
  return {
    async begin(settings, more) {
      const reply = await connection.call(
        domainMigrateBegin3Params,
        { dom, params: common(settings), flags: sourceFlags(settings) },
        more,
      );
      return { cookie: reply.cookieOut, xml: reply.xml };
    },
    async perform(settings, handover, signal) {
      const params = [
        ...common(settings),
        parameter.string('destination_xml', handover.xml),
        parameter.string('migrate_uri', handover.uri),
        ...(settings.bandwidthMiBPerSecond === undefined
          ? []
          : [parameter.ullong('bandwidth', BigInt(settings.bandwidthMiBPerSecond))]),
      ];
      const { cookieOut } = await connection.call(
        domainMigratePerform3Params,
        {
          dom,
          dconnuri: null,
          params,
          cookieIn: Buffer.from(handover.cookie),
          flags: sourceFlags(settings),
        },
        { deadlineMs: longestMs, ...(signal === undefined ? {} : { signal }) },
      );
      return { cookie: cookieOut };
    },
    async confirm(settings, cookie, cancelled, more) {
      await connection.call(
        domainMigrateConfirm3Params,
        {
          dom,
          params: common(settings),
          cookieIn: Buffer.from(cookie),
          flags: sourceFlags(settings),
          cancelled: cancelled ? 1 : 0,
        },
        { deadlineMs: endDeadlineMs, ...more },
      );
    },
    async setMaxDowntime(milliseconds, more) {
      await connection.call(domainMigrateSetMaxDowntime, { dom, downtime: BigInt(milliseconds) }, more);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => connection.onClose(listener),
    close: () => connection.close(),
  };
}

export function openDestinationEnd(connection: LibvirtConnection): MigrationDestination {
  return {
    async prepare(settings, handover, more) {
      const reply = await connection.call(
        domainMigratePrepare3Params,
        {
          params: [
            ...common(settings),
            parameter.string('destination_xml', handover.xml),
            // The first URI names no port: the destination chooses one and says so.
            parameter.string('migrate_uri', `tcp://${bracketed(settings.destinationAddress)}`),
          ],
          cookieIn: Buffer.from(handover.cookie),
          flags: destinationFlags(settings),
        },
        { deadlineMs: prepareDeadlineMs, ...more },
      );
      return {
        cookie: reply.cookieOut,
        uri: reply.uriOut ?? `tcp://${bracketed(settings.destinationAddress)}`,
      };
    },
    async finish(settings, handover, cancelled, more) {
      const reply = await connection.call(
        domainMigrateFinish3Params,
        {
          params: [...common(settings), parameter.string('migrate_uri', handover.uri)],
          cookieIn: Buffer.from(handover.cookie),
          flags: destinationFlags(settings),
          cancelled: cancelled ? 1 : 0,
        },
        { deadlineMs: settings.postCopy ? longestMs : endDeadlineMs, ...more },
      );
      return { cookie: reply.cookieOut };
    },
    async answers(more) {
      await connection.call(connectGetLibVersion, undefined, more);
    },
    completedJob: (uuid, more) =>
      jobOf(connection, uuid, jobStatsFlags.completed | jobStatsFlags.keepCompleted, more),
    onClose: (listener) => connection.onClose(listener),
    close: () => connection.close(),
  };
}

const incomingJob: MigrationJob = { state: 'incoming', ...nothingSent };

/** undefined where there is no job to speak of. */
export async function jobOf(
  connection: LibvirtConnection,
  uuid: string,
  flags: number,
  options: CallOptions | undefined,
): Promise<MigrationJob | undefined> {
  try {
    const { type, params } = await connection.call(domainGetJobStats, { dom: refOf(uuid), flags }, options);
    return migrationJob(type, params);
  } catch (thrown) {
    if (!(thrown instanceof LibvirtError)) throw thrown;
    const { code } = thrown.libvirt;
    // The destination of a migration has a job, and refuses to say more of it (libvirt qemu_driver.c).
    if (code === libvirtErrorCodes.operationUnsupported) return incomingJob;
    // A domain that is gone or does not run is refused rather than answered. Anything else is no answer.
    if (code === libvirtErrorCodes.noDomain || code === libvirtErrorCodes.operationInvalid) return undefined;
    throw thrown;
  }
}

/** What every phase is told. The bandwidth is for Perform alone. */
function common(settings: MigrationSettings): readonly TypedParameter[] {
  return [
    parameter.string('destination_name', settings.domainName),
    parameter.string('listen_address', settings.destinationAddress),
    ...(settings.copyStorage === 'none'
      ? []
      : [
          parameter.string('disks_uri', `tcp://${bracketed(settings.destinationAddress)}`),
          ...settings.copyDisks.map((target) => parameter.string('migrate_disks', target)),
        ]),
  ];
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function sourceFlags(settings: MigrationSettings): number {
  return destinationFlags(settings) | (settings.autoConverge ? migrateFlags.autoConverge : 0);
}

/** The destination is not told of auto-converge: it would refuse what is the source's own affair. */
function destinationFlags(settings: MigrationSettings): number {
  return (
    migrateFlags.live |
    migrateFlags.persistDestination |
    migrateFlags.undefineSource |
    migrateFlags.changeProtection |
    (settings.unsafe ? migrateFlags.unsafe : 0) |
    (settings.postCopy ? migrateFlags.postCopy : 0) |
    (settings.resumePostCopy ? migrateFlags.postCopyResume : 0) |
    (settings.copyStorage === 'full' ? migrateFlags.nonSharedDisk : 0) |
    (settings.copyStorage === 'incremental' ? migrateFlags.nonSharedIncremental : 0)
  );
}
