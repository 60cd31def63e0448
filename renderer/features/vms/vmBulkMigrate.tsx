import type { DroverClient } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostId } from '#shared/model/ids.ts';
import { migrationOptionsSchema } from '#shared/model/migration.ts';
import type { Vm } from '#shared/model/vm.ts';
import { canMigrate } from '#shared/rules/canMigrate.ts';
import { refused, type Verdict } from '#shared/rules/verdict.ts';
import type { BulkVerb } from '../bulk/bulkVerb.ts';
import { freshKey } from '../freshKey.ts';
import { roomiest } from '../migrations/roomiest.ts';

interface Known {
  readonly hosts: ReadonlyMap<HostId, Host>;
}

/** As many at once as a link is shared by without each of them taking for ever: two out of a host. */
const pace = { atOnce: 4, perLane: 2 } as const;
const options = migrationOptionsSchema.parse({});

/** Many VMs to one host, or each to where most memory is left. */
export function bulkMigrate(client: DroverClient, known: Known): BulkVerb<Vm> {
  // One after the other: where the next finds most room is known once this one's memory has been promised.
  let before: Promise<unknown> = Promise.resolve();
  return {
    id: 'migrate',
    words: 'Migrate',
    prominent: true,
    pace,
    choice: {
      label: 'Where to',
      usual: 'Each to the host with most memory left',
      of: (vms) => {
        const clusters = new Set(vms.map(({ clusterId }) => clusterId));
        return [...known.hosts.values()]
          .filter(({ clusterId }) => clusters.has(clusterId))
          .map(({ id, name }) => ({ key: id, words: name }));
      },
    },
    judge: (vms, to) => verdictsOfMigrations(vms, known, to),
    said: () => (
      <p>
        Each is planned by itself, with the usual options; what its plan warns of stands in its task. Two at
        once leave a host. To set options, or to read a plan beforehand, migrate one by itself.
      </p>
    ),
    workOf: (vm, _how, to) => {
      const idempotencyKey = freshKey();
      return {
        key: vm.id,
        name: vm.name,
        lane: vm.hostId,
        give: () => {
          const given = before.then(async () => {
            const chosen = [...known.hosts.keys()].find((id) => id === to);
            const toHostId = chosen ?? (await roomiestFor(client, vm, known));
            return await client.migrations.start({
              request: { vmId: vm.id, toHostId, options },
              idempotencyKey,
            });
          });
          before = given.catch(() => undefined);
          return given;
        },
      };
    },
  };
}

async function roomiestFor(client: DroverClient, vm: Vm, { hosts }: Known): Promise<HostId> {
  const destinations = await client.migrations.destinations({ vmId: vm.id, options });
  const found = roomiest(destinations, hosts);
  if (found !== undefined) return found;
  const reasons = destinations.flatMap(({ reason }) => reason ?? []);
  throw new DroverError({
    code: 'no-room',
    tried: `Find a host for ${vm.name}`,
    cause: reasons.length === 0 ? 'there is no other host in its cluster' : 'none can take it just now',
    next: reasons[0] ?? 'Add a host to the cluster',
  });
}

/** In turn: what the ones before take of a host's memory is no longer there for the next. */
export function verdictsOfMigrations(
  vms: readonly Vm[],
  { hosts }: Known,
  to: string | undefined,
): readonly Verdict[] {
  const promisedMiB = new Map<HostId, number>();
  const roomOf = ({ id, capacity }: Host): number =>
    (capacity?.memoryFreeMiB ?? 0) - (promisedMiB.get(id) ?? 0);
  return vms.map((vm) => {
    const from = hosts.get(vm.hostId);
    if (from === undefined) return refused(`The host of ${vm.name} is not known. Reconnect it first.`);
    const places = [...hosts.values()]
      .filter(({ id, clusterId }) =>
        to === undefined ? clusterId === vm.clusterId && id !== vm.hostId : id === to,
      )
      .sort((a, b) => roomOf(b) - roomOf(a));
    const verdicts = places.map((place) => ({
      place,
      verdict: canMigrate(vm, from, place, options, promisedMiB.get(place.id) ?? 0),
    }));
    const found = verdicts.find(({ verdict }) => verdict.allowed);
    if (found === undefined)
      return verdicts[0]?.verdict ?? refused(`There is no other host in the cluster of ${vm.name}.`);
    promisedMiB.set(found.place.id, (promisedMiB.get(found.place.id) ?? 0) + vm.memoryMiB);
    return found.verdict;
  });
}
