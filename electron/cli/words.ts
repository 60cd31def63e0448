import type { Host } from '#shared/model/host.ts';
import { bytesInWords, millisecondsInWords } from '#shared/model/quantityWords.ts';
import type { Task } from '#shared/model/task.ts';

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
