import type { WorldDomain, WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import { begin } from '../../../world/migrations/beginning.ts';
import { confirm } from '../../../world/migrations/confirming.ts';
import { finish } from '../../../world/migrations/finishing.ts';
import { perform } from '../../../world/migrations/performing.ts';
import { prepare } from '../../../world/migrations/preparing.ts';
import type { Answer } from '../../../world/sessions/sessions.ts';
import type { DomainState, HostState } from '../../../world/state/state.ts';
import type { World } from '../../../world/state/world.ts';

export interface Moves {
  readonly done: () => number;
  readonly failed: () => number;
  /** How many are under way now. */
  readonly inFlight: () => number;
}

const session = 'bench';
/** As the built-in data centre's own moves. */
const bandwidthMiBPerSecond = 100;

/** Keeps so many migrations in flight, by libvirt's five phases, from hosts by turns to the host half way round. */
export function keepMoving(world: World, atOnce: number): Moves {
  const hosts = world.hosts();
  let next = 0;
  let [done, failed, inFlight] = [0, 0, 0];
  const ended = (went: boolean) => {
    inFlight -= 1;
    if (went) done += 1;
    else failed += 1;
    world.after(0, startOne);
  };
  const startOne = () => {
    for (let tried = 0; tried < hosts.length; tried += 1) {
      const from = hosts[next % hosts.length];
      const to = hosts[(next + Math.floor(hosts.length / 2)) % hosts.length];
      next += 1;
      const domain = from === undefined ? undefined : movable(from);
      if (from === undefined || to === undefined || from === to || domain === undefined) continue;
      inFlight += 1;
      move(world, domain, from, to, ended);
      return;
    }
  };
  for (let count = 0; count < atOnce; count += 1) startOne();
  return { done: () => done, failed: () => failed, inFlight: () => inFlight };
}

function movable({ domains }: HostState): DomainState | undefined {
  return Object.values(domains).find(
    ({ instance }) =>
      instance?.state === 'active' && instance.outgoing === undefined && instance.incoming === undefined,
  );
}

function move(
  world: World,
  { uuid, definition }: DomainState,
  from: HostState,
  to: HostState,
  ended: (went: boolean) => void,
) {
  const settings: WorldMigrationSettings = {
    domainName: definition.name,
    copyStorage: 'none',
    copyDisks: [],
    bandwidthMiBPerSecond,
    autoConverge: true,
    postCopy: false,
    resumePostCopy: false,
    unsafe: true,
    destinationAddress: world.facts(to).address,
  };
  const fail = () => ended(false);
  const then = <Value>(ok: (value: Value) => void): Answer<Value> => ({ ok, fail });
  const begun = ({ cookie, domain }: { readonly cookie: string; readonly domain: WorldDomain }) => {
    const prepared = prepare(world, to, { settings, cookie, domain }, session);
    perform(world, from, { uuid, uri: prepared.uri, resume: false }, then(performed));
  };
  const performed = () => finish(world, to, { uuid, cancelled: false }, then(finished));
  const finished = () => {
    confirm(world, from, { uuid, cancelled: false });
    ended(true);
  };
  begin(world, from, { uuid, settings }, session, then(begun));
}
