import type { WorldGuestColumns } from '#shared/contract/worldContract.ts';
import type { DomainCounters, TelemetryDriver } from '../drivers.ts';
import type { SimulatedHostLink } from './hostLink.ts';

export function simulatedTelemetry(link: SimulatedHostLink): TelemetryDriver {
  return {
    async capacity(options) {
      const { capacity } = await link.ask(
        `Ask ${link.name} what it has`,
        ({ questions, session }) => questions.ask({ of: 'capacity', session }),
        options,
      );
      return capacity;
    },
    async host(depth, options) {
      const { counters } = await link.ask(
        `Measure ${link.name}`,
        ({ questions, session }) => questions.ask({ of: 'host-counters', session, depth }),
        options,
      );
      return counters;
    },
    async domains(depth, options) {
      const held = link.session();
      const { number, guests: before } = held.roster;
      const { roster, guests, columns } = await held.call(
        `Measure the VMs of ${link.name}`,
        ({ questions, session }) => questions.ask({ of: 'guest-counters', session, depth, roster: number }),
        options,
      );
      held.roster = { number: roster, guests: guests ?? before };
      return held.roster.guests.map((guest, row) => countersOf(guest, columns, row));
    },
  };
}

/** One of ten thousand: written out rather than gone through by name. */
function countersOf(
  guest: Pick<DomainCounters, 'uuid' | 'state'> & { readonly vcpus: number },
  columns: WorldGuestColumns,
  row: number,
): DomainCounters {
  const often = {
    uuid: guest.uuid,
    state: guest.state,
    vcpus: guest.vcpus,
    cpuTimeNs: columns.cpuTimeNs[row] ?? 0,
    networkReceiveBytes: columns.networkReceiveBytes[row] ?? 0,
    networkSendBytes: columns.networkSendBytes[row] ?? 0,
  };
  if (columns.cpuReadyNs === undefined) return often;
  return {
    ...often,
    cpuReadyNs: columns.cpuReadyNs[row] ?? 0,
    memoryUsedMiB: columns.memoryUsedMiB?.[row] ?? 0,
    memoryGivenMiB: columns.memoryGivenMiB?.[row] ?? 0,
    diskReadBytes: columns.diskReadBytes?.[row] ?? 0,
    diskWriteBytes: columns.diskWriteBytes?.[row] ?? 0,
  };
}
