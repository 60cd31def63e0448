import type { TelemetryDriver } from '../drivers.ts';
import type { SimulatedHostLink } from './hostLink.ts';

export function simulatedTelemetry(link: SimulatedHostLink): TelemetryDriver {
  return {
    capacity: (options) =>
      link.ask(
        `Ask ${link.name} what it has`,
        ({ client, session, options }) => client.host.capacity({ session }, options),
        options,
      ),
    host: (depth, options) =>
      link.ask(
        `Measure ${link.name}`,
        ({ client, session, options }) => client.host.counters({ session, depth }, options),
        options,
      ),
    domains: (depth, options) =>
      link.ask(
        `Measure the VMs of ${link.name}`,
        ({ client, session, options }) => client.domains.counters({ session, depth }, options),
        options,
      ),
  };
}
