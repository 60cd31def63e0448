import { DroverError } from '#shared/contract/errors.ts';
import type { HostDriver, OpenHostDriver } from '../drivers.ts';
import { simulatedConsoles } from './consoles.ts';
import { simulatedDomains } from './domains.ts';
import { SimulatedHostLink } from './hostLink.ts';
import { simulatedInspection } from './inspection.ts';
import { simulatedMigration } from './migration.ts';
import { simulatedStorage } from './storage.ts';
import { simulatedTelemetry } from './telemetry.ts';
import type { WorldAccess } from './worldAccess.ts';

export const simulatedScheme = 'sim://';

export function simulatedAddress(world: string, host: string): string {
  return `${simulatedScheme}${encodeURIComponent(world)}/${encodeURIComponent(host)}`;
}

/** The driver of a simulated world's hosts, through the one connection to that world. */
export function simulatorDrivers(input: {
  /** undefined for a world that this console has never heard of. */
  readonly world: (name: string) => WorldAccess | undefined;
  readonly random: () => number;
}): OpenHostDriver {
  return ({ name, address }): HostDriver => {
    const [worldName = '', host = ''] = address
      .slice(simulatedScheme.length)
      .split('/')
      .map(decodeURIComponent);
    const world = input.world(worldName);
    if (world === undefined || host === '') {
      throw new DroverError({
        code: 'address-unusable',
        tried: `Use ${address} as a host's address`,
        cause: 'hosts of a simulated world are not added one by one',
        next: 'Add the whole cluster: "drover cluster add sim:two-servers"',
      });
    }
    const link = new SimulatedHostLink({ world, host, name, random: input.random });
    return {
      domains: simulatedDomains(link),
      telemetry: simulatedTelemetry(link),
      storage: simulatedStorage(link),
      migration: simulatedMigration(link),
      inspection: simulatedInspection(link),
      consoles: simulatedConsoles(link),
      clock: world.clock,
      link: () => link.state(),
      addresses: (options) =>
        link.ask(
          `Ask ${link.name} for its addresses`,
          ({ client, session, options }) => client.host.addresses({ session }, options),
          options,
        ),
      subscribeLink: (listener) => link.subscribe(listener),
      connected: (options) => link.connected(options),
      reconnect: () => link.reconnect(),
      // Nobody logs in with anything.
      forgetSecrets: async () => undefined,
      close: () => link.close(),
    };
  };
}
