import type { WorldDomainCounters, WorldGuestColumns, WorldRoster } from '#shared/contract/worldContract.ts';
import type { Console } from './api.ts';

/** What guests count, as columns, and who they are where the console does not know it yet. */
export function guestAnswer(
  { rosters }: Console,
  host: string,
  counters: readonly WorldDomainCounters[],
  { depth, roster: toldOf }: { readonly depth: 'cheap' | 'full'; readonly roster: number },
): { readonly roster: number; readonly guests?: WorldRoster; readonly columns: WorldGuestColumns } {
  const known = rosters.get(host);
  const isSame = known !== undefined && isRoster(known.guests, counters);
  const roster = isSame
    ? known
    : {
        number: (known?.number ?? 0) + 1,
        guests: counters.map(({ uuid, state, vcpus }) => ({ uuid, state, vcpus })),
      };
  if (!isSame) rosters.set(host, roster);
  return {
    roster: roster.number,
    ...(toldOf === roster.number ? {} : { guests: roster.guests }),
    columns: columnsOf(counters, depth),
  };
}

function isRoster(guests: WorldRoster, counters: readonly WorldDomainCounters[]): boolean {
  if (guests.length !== counters.length) return false;
  for (let row = 0; row < guests.length; row += 1) {
    const [one, other] = [guests[row], counters[row]];
    if (one?.uuid !== other?.uuid || one?.state !== other?.state || one?.vcpus !== other?.vcpus) return false;
  }
  return true;
}

function columnsOf(counters: readonly WorldDomainCounters[], depth: 'cheap' | 'full'): WorldGuestColumns {
  const often = {
    cpuTimeNs: counters.map(({ cpuTimeNs }) => cpuTimeNs),
    networkReceiveBytes: counters.map(({ networkReceiveBytes }) => networkReceiveBytes),
    networkSendBytes: counters.map(({ networkSendBytes }) => networkSendBytes),
  };
  if (depth === 'cheap') return often;
  return {
    ...often,
    cpuReadyNs: counters.map(({ cpuReadyNs = 0 }) => cpuReadyNs),
    memoryUsedMiB: counters.map(({ memoryUsedMiB = 0 }) => memoryUsedMiB),
    memoryGivenMiB: counters.map(({ memoryGivenMiB = 0 }) => memoryGivenMiB),
    diskReadBytes: counters.map(({ diskReadBytes = 0 }) => diskReadBytes),
    diskWriteBytes: counters.map(({ diskWriteBytes = 0 }) => diskWriteBytes),
  };
}
