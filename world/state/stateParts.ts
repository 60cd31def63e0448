import { keepCounters } from '../hosts/counting.ts';
import type { DomainState, GuestState, HostState, InstanceState, StoreState, WorldState } from './state.ts';
import type { World } from './world.ts';

/** Hosts, or workloads of guests, in one part: some milliseconds of a data centre's. */
const hostsAtOnce = 50;
const workloadsAtOnce = 1000;

/**
 * The text of a world as it stands now, in parts: joined, the same as `stateText`. All that changes is copied at once,
 * so the world may go on while the text is made.
 */
export function stateParts(world: World): Iterable<string> {
  keepCounters(world);
  return partsOf(copyState(world.snapshot()));
}

function* partsOf(state: WorldState): Iterable<string> {
  let before = '{';
  for (const [key, value] of Object.entries(state)) {
    yield `${before}${JSON.stringify(key)}:`;
    before = ',';
    if (key === 'hosts') yield* recordParts(state.hosts, hostsAtOnce);
    else if (key === 'workloads') yield* recordParts(state.workloads, workloadsAtOnce);
    else yield JSON.stringify(value);
  }
  yield '}';
}

function* recordParts<Part>(record: Readonly<Record<string, Part>>, atOnce: number): Iterable<string> {
  const entries = Object.entries(record);
  yield '{';
  for (let first = 0; first < entries.length; first += atOnce) {
    const part = JSON.stringify(Object.fromEntries(entries.slice(first, first + atOnce))).slice(1, -1);
    yield first === 0 ? part : `,${part}`;
  }
  yield '}';
}

/** What is only ever put in the place of something (definitions, transfers' models) is not copied. */
function copyState(state: WorldState): WorldState {
  return {
    ...state,
    clock: { ...state.clock },
    hosts: copyEach(state.hosts, copyHost),
    stores: copyEach(state.stores, copyStore),
    transfers: copyEach(state.transfers, (transfer) => ({ ...transfer })),
    switches: copyEach(state.switches, (uplink) => ({ ...uplink })),
    moves: structuredClone(state.moves),
    evacuations: structuredClone(state.evacuations),
    happenings: [...state.happenings],
    workloads: { ...state.workloads },
    surges: [...state.surges],
  };
}

function copyHost(host: HostState): HostState {
  return { ...host, traffic: { ...host.traffic }, domains: copyEach(host.domains, copyDomain) };
}

function copyDomain(domain: DomainState): DomainState {
  const { instance } = domain;
  return instance === undefined ? { ...domain } : { ...domain, instance: copyInstance(instance) };
}

function copyInstance(instance: InstanceState): InstanceState {
  const copy = { ...instance, guest: copyGuest(instance.guest), counters: { ...instance.counters } };
  if (instance.outgoing !== undefined) copy.outgoing = { ...instance.outgoing };
  if (instance.incoming !== undefined) copy.incoming = { ...instance.incoming };
  return copy;
}

function copyGuest(guest: GuestState): GuestState {
  return guest.consoles === undefined ? { ...guest } : structuredClone(guest);
}

function copyStore(store: StoreState): StoreState {
  return { ...store, files: copyEach(store.files, (file) => ({ ...file })), markers: { ...store.markers } };
}

function copyEach<Part>(record: Readonly<Record<string, Part>>, copy: (part: Part) => Part) {
  const copies: Record<string, Part> = {};
  for (const key in record) {
    const part = record[key];
    if (part !== undefined) copies[key] = copy(part);
  }
  return copies;
}
