import type { MigrationJob } from '#shared/model/migrationJob.ts';
import { jobTypes, readParameters, type TypedParameter } from './rpc/rpc.ts';

/** Fields are those of virDomainGetJobStats; times in milliseconds, sizes in bytes, rates in bytes or pages a second. */
export function migrationJob(type: number, parameters: readonly TypedParameter[]): MigrationJob | undefined {
  const state = stateOf(type);
  if (state === undefined) return undefined;
  const read = readParameters(parameters);
  const optional = {
    timeElapsedMs: read.number('time_elapsed'),
    throughputBytesPerSecond: read.number('memory_bps'),
    dirtyRatePagesPerSecond: read.number('memory_dirty_rate'),
    pageSizeBytes: read.number('memory_page_size'),
    round: read.number('memory_iteration'),
    downtimeMs: read.number('downtime'),
    downtimeNetMs: read.number('downtime_net'),
    setupTimeMs: read.number('setup_time'),
    throttlePercent: read.number('auto_converge_throttle'),
    errorText: read.string('errmsg'),
  };
  return {
    state,
    memoryTotalBytes: read.number('memory_total') ?? 0,
    memorySentBytes: read.number('memory_processed') ?? 0,
    memoryRemainingBytes: read.number('memory_remaining') ?? 0,
    diskTotalBytes: read.number('disk_total') ?? 0,
    diskSentBytes: read.number('disk_processed') ?? 0,
    diskRemainingBytes: read.number('disk_remaining') ?? 0,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

function stateOf(type: number): MigrationJob['state'] | undefined {
  switch (type) {
    case jobTypes.bounded:
    case jobTypes.unbounded:
      return 'active';
    case jobTypes.completed:
      return 'completed';
    case jobTypes.failed:
      return 'failed';
    case jobTypes.cancelled:
      return 'cancelled';
    default:
      return undefined;
  }
}
