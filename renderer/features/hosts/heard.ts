import type { Host } from '#shared/model/host.ts';
import { formatCount, formatMoment } from '../../ui/format.ts';

/** "as of 14:02:11": when what is shown of a host that does not answer was last true. */
export function asOf({ lastSeenAt }: Pick<Host, 'lastSeenAt'>, now: number): string {
  return lastSeenAt === undefined ? 'never heard from' : `as of ${formatMoment(lastSeenAt, now).text}`;
}

/** What of the page is old news, in a sentence; undefined where every host has been heard from. */
export function unheardWords(hosts: readonly Host[], now: number): string | undefined {
  const silent = hosts.filter((host) => host.connection.state !== 'connected');
  const [only] = silent;
  if (only === undefined) return undefined;
  const yet = silent.every((host) => host.connection.state === 'connecting') ? ' yet' : '';
  const oldest = silent.reduce((one, other) =>
    (other.lastSeenAt ?? 0) < (one.lastSeenAt ?? 0) ? other : one,
  );
  const who = silent.length === 1 ? only.name : `${silent.length} of ${formatCount(hosts.length, 'host')}`;
  return `${who} not${yet} heard from: shown ${asOf(oldest, now)}`;
}
