import type { MigrationDriver } from '../migration.ts';
import { simulatedDomains } from './domains.ts';
import type { SimulatedHostLink } from './hostLink.ts';
import type { HostSession } from './hostSession.ts';
import { simulatedInspection } from './inspection.ts';
import { openDestinationEnd, openSourceEnd } from './migrationEnds.ts';

export function simulatedMigration(link: SimulatedHostLink): MigrationDriver {
  const inspection = simulatedInspection(link);
  const domains = simulatedDomains(link);
  const ask: HostSession['call'] = (tried, question, options) =>
    link.ask(`${tried} on ${link.name}`, question, options);
  return {
    async openSource(uuid, options) {
      const session = await link.open(options);
      try {
        return await openSourceEnd(session, uuid, options);
      } catch (thrown) {
        await session.close();
        throw thrown;
      }
    },
    openDestination: async (options) => openDestinationEnd(await link.open(options)),
    job: async (uuid, options) =>
      (await ask(
        'Ask for the migration of a VM',
        ({ client, session, options }) => client.migration.job({ session, uuid }, options),
        options,
      )) ?? undefined,
    async abort(uuid, options) {
      await ask(
        'End the migration of a VM',
        ({ client, session, options }) => client.migration.abort({ session, uuid }, options),
        options,
      );
    },
    async startPostCopy(uuid, options) {
      await ask(
        'Switch the migration of a VM to post-copy',
        ({ client, session, options }) => client.migration.startPostCopy({ session, uuid }, options),
        options,
      );
    },
    async pausePostCopy(uuid, options) {
      await ask(
        'Stop the exchange of a migration in post-copy',
        ({ client, session, options }) => client.migration.pausePostCopy({ session, uuid }, options),
        options,
      );
    },
    missingNetworks: (nics, options) =>
      ask(
        'Look for networks',
        ({ client, session, options }) =>
          client.migration.missingNetworks(
            { session, nics: nics.map((nic) => ({ mac: '', model: '', ...nic })) },
            options,
          ),
        options,
      ),
    canReach: (address, port, options) =>
      ask(
        `Try to reach ${address} port ${port}`,
        ({ client, session, options }) => client.migration.canReach({ session, address, port }, options),
        options,
      ),
    // Each guest has the CPU of its host, so what it asks is what its host has.
    cpuCompatible: ({ hostCpuXml }, options) => inspection.offersCpu(hostCpuXml, options),
    hostCpuXml: async (options) => (await inspection.inspect(options)).cpuXml,
    migratableXml: (uuid, options) => domains.xml(uuid, 'current', options),
    portRange: async (options) => (await inspection.inspect(options)).migrationPorts,
  };
}
