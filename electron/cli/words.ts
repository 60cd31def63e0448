import type { Host } from '#shared/model/host.ts';
import type { Task } from '#shared/model/task.ts';

export function bytesInWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${significant(value)} ${units[unit]}`;
}

export function millisecondsInWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${significant(milliseconds / 1000)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}

/** At most three significant digits, never in powers of ten. */
function significant(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export function hostStateInWords(host: Host): string {
  return host.declaredDead ? 'declared dead' : host.connection.state;
}

/** One line on what a task is doing now. */
export function progressInWords(task: Task): string {
  const migration = task.progress?.migration;
  if (migration === undefined) return `${task.title}: ${task.progress?.detail ?? task.state}`;
  const parts = [
    migration.station,
    ...(migration.rounds.length > 0 ? [`round ${migration.rounds.length}`] : []),
    `${bytesInWords(migration.memorySentBytes)} sent`,
    `${bytesInWords(migration.memoryRemainingBytes)} left`,
    ...(migration.dirtyRateBytesPerSecond > 0
      ? [`${bytesInWords(migration.dirtyRateBytesPerSecond)}/s dirtied`]
      : []),
    ...(migration.expectedDowntimeMs === undefined
      ? []
      : [`downtime about ${millisecondsInWords(migration.expectedDowntimeMs)}`]),
  ];
  return `${task.title}: ${parts.join(' · ')}`;
}
