import { fillCores, migrationCores } from '../physics/cpuShares.ts';
import { wattsAt } from '../physics/power.ts';
import { guestProgress, throttlePercent } from '../physics/transfer.ts';
import type { GuestPhase } from '../physics/workload.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { DomainState, HostState, InstanceState, SurgeState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import * as ask from './asks.ts';
import { askFields, demandOf, nextAskChange, setAsk, wantOf } from './asks.ts';
import { guestCounters, guestTrafficAt, hostCounters, hostSums, hostTrafficAt } from './counters.ts';
import { type GuestNature, isStill, natureOf, phaseOf } from './guests.ts';
import { limitWork } from './limits.ts';
import { surgesOf } from './surges.ts';

/** Of the host itself: its kernel, libvirt, and who watches it. */
const hostOwnCores = 0.12;
const nanosecondsPerMs = 1e6;
const msPerSecond = 1000;
const trafficColumns = 4;

/** A guest that has an instance. What it is at is looked up anew where something of its host has changed. */
export interface GuestRow {
  readonly domain: DomainState;
  readonly instance: InstanceState;
  readonly nature: GuestNature;
  phase: GuestPhase;
  surges: readonly SurgeState[];
  /** Of auto-converge, and of waiting for pages in post-copy; see `physics/transfer.ts`. */
  throttlePercent: number;
  progress: number;
}

/**
 * What a host's counters stand at and what is added to them, constant from one change of its load to the next: base and
 * rate, worked out at the change. Nobody's looking changes them. Columns of guests lie one after the other, in the
 * order of `guestCounters`, a row a guest.
 */
export interface HostColumns {
  readonly rows: readonly GuestRow[];
  /** As they stood at `anchorMs`. */
  readonly guestSums: Float64Array;
  readonly guestPerMs: Float64Array;
  readonly hostSums: Float64Array;
  readonly hostPerMs: Float64Array;
  /** What each asks for hangs on these; see `asks.ts`. */
  readonly asks: Float64Array;
  /** Cores that each may run on, asks for, would run on if it were alone, and runs on; of what it asked for, 0 to 1. */
  readonly vcpus: Float64Array;
  readonly demands: Float64Array;
  readonly wants: Float64Array;
  readonly cores: Float64Array;
  readonly pace: Float64Array;
  /** MiB, as of this slot; `columns.ts` fills it in. */
  readonly memoryUsed: Float64Array;
  memorySlotMs: number;
  /** Bytes a second that each would send, receive, and read and write, if only CPUs held it back. */
  readonly sendAsks: Float64Array;
  readonly receiveAsks: Float64Array;
  readonly diskAsks: Float64Array;
  diskAsked: number;
  /** The part of that which it gets, 0 to 1; see `limits.ts`. */
  readonly served: Float64Array;
  touchedBytes: number;
  swappedMiB: number;
  swapBytesPerSecond: number;
  migratingOut: number;
  migratingIn: number;
  memoryPromisedMiB: number;
  anchorMs: number;
  busyCores: number;
  watts: number;
}

/** From what the state says, without any rates yet. */
export function makeColumns(world: World, host: HostState): HostColumns {
  const rows: GuestRow[] = [];
  for (const uuid in host.domains) {
    const domain = host.domains[uuid];
    const instance = domain?.instance;
    if (domain === undefined || instance === undefined) continue;
    const nature = natureOf(world, host, domain);
    rows.push({
      domain,
      instance,
      nature,
      phase: 'off',
      surges: [],
      throttlePercent: 0,
      progress: 1,
    });
  }
  const count = rows.length;
  const guestSums = new Float64Array(guestCounters.length * count);
  for (const [column, name] of guestCounters.entries()) {
    for (const [row, { instance }] of rows.entries())
      guestSums[column * count + row] = instance.counters[name];
  }
  return {
    rows,
    guestSums,
    guestPerMs: new Float64Array(guestCounters.length * count),
    hostSums: hostSums(host),
    hostPerMs: new Float64Array(hostCounters.length),
    asks: new Float64Array(askFields * count),
    vcpus: new Float64Array(count),
    demands: new Float64Array(count),
    wants: new Float64Array(count),
    cores: new Float64Array(count),
    pace: new Float64Array(count),
    memoryUsed: new Float64Array(count),
    memorySlotMs: Number.NaN,
    sendAsks: new Float64Array(count),
    receiveAsks: new Float64Array(count),
    diskAsks: new Float64Array(count),
    diskAsked: 0,
    served: new Float64Array(count),
    touchedBytes: 0,
    swappedMiB: 0,
    swapBytesPerSecond: 0,
    migratingOut: 0,
    migratingIn: 0,
    memoryPromisedMiB: 0,
    anchorMs: host.countedTo,
    busyCores: 0,
    watts: 0,
  };
}

/** Whether the rows are still the guests that there are. */
export function hasSameGuests(world: World, host: HostState, { rows }: HostColumns): boolean {
  let row = 0;
  for (const uuid in host.domains) {
    const domain = host.domains[uuid];
    if (domain?.instance === undefined) continue;
    const known = rows[row];
    row += 1;
    if (known?.domain !== domain || known.instance !== domain.instance) return false;
    if (!isStill(world, known.nature, domain)) return false;
  }
  return row === rows.length;
}

/** What guests are at, and what flows: all that may be another without any guest's coming or going. */
export function lookAgain(world: World, host: HostState, columns: HostColumns): void {
  const { rows, asks, vcpus } = columns;
  columns.migratingOut = 0;
  columns.migratingIn = 0;
  columns.memoryPromisedMiB = 0;
  columns.touchedBytes = 0;
  columns.memorySlotMs = Number.NaN;
  for (let row = 0; row < rows.length; row += 1) {
    const guest = rows[row];
    if (guest === undefined) continue;
    const { instance, nature } = guest;
    const transfer = transferOf(world, instance);
    const isSource = transfer?.from === host.name;
    const flow = transfer?.flows === true ? transfer.model.rate.bytesPerSecond : 0;
    if (isSource) columns.migratingOut += flow;
    else columns.migratingIn += flow;
    columns.memoryPromisedMiB += nature.definition.memoryMiB;
    // What is on its way here has not come yet.
    if (instance.incoming === undefined || instance.state === 'active') {
      columns.touchedBytes += nature.touchedBytes;
    }
    guest.phase = phaseOf(instance);
    guest.surges = surgesOf(world, guest.domain.uuid);
    guest.throttlePercent = transfer !== undefined && isSource ? throttlePercent(transfer.model) : 0;
    guest.progress = transfer === undefined || isSource ? 1 : guestProgress(transfer.model);
    setAsk(asks, row, guest, slotOf(columns.anchorMs));
    vcpus[row] = asks[row * askFields + ask.vcpus] ?? 0;
  }
}

/** The rates that hold from `anchorMs` on, and until when. Demands are those of the slot's begin. */
export function workOut(world: World, host: HostState, columns: HostColumns): number {
  const facts = world.facts(host);
  const { hostPerMs } = columns;
  if (host.power !== 'on') {
    // A machine that starts does nothing that its CPUs would feel; one that is off draws nothing.
    columns.watts = host.power === 'off' ? 0 : wattsAt(facts.power, 0);
    hostPerMs.fill(0);
    hostPerMs[2] = columns.watts / msPerSecond;
    columns.busyCores = 0;
    return Number.POSITIVE_INFINITY;
  }
  const { rows, cores, migratingOut, migratingIn } = columns;
  const overhead = hostOwnCores + migrationCores(migratingOut + migratingIn);
  const until = shareCores(columns, facts.cpus - overhead);
  limitWork(world, host, columns);
  hostPerMs.fill(0);
  let busyCores = overhead;
  for (let row = 0; row < rows.length; row += 1) {
    setRates(columns, row);
    busyCores += cores[row] ?? 0;
  }
  columns.busyCores = Math.min(facts.cpus, busyCores);
  columns.watts = wattsAt(facts.power, columns.busyCores / facts.cpus);
  hostPerMs[0] = columns.busyCores * nanosecondsPerMs;
  hostPerMs[1] = facts.cpus * nanosecondsPerMs;
  hostPerMs[2] = columns.watts / msPerSecond;
  addTo(hostPerMs, hostTrafficAt, columns.swapBytesPerSecond / msPerSecond);
  addTo(hostPerMs, hostTrafficAt + 1, columns.swapBytesPerSecond / msPerSecond);
  addTo(hostPerMs, hostTrafficAt + 2, migratingIn / msPerSecond);
  addTo(hostPerMs, hostTrafficAt + 3, migratingOut / msPerSecond);
  return until;
}

/** Cores by demand at the slot's begin, as if no guest waited for pages, and until when they hold. */
function shareCores(columns: HostColumns, freeCores: number): number {
  const { rows, asks, vcpus, demands, wants, cores } = columns;
  const slotAt = slotOf(columns.anchorMs);
  let changesAt = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows.length; row += 1) {
    const guest = rows[row];
    if (guest === undefined) continue;
    const demand = demandOf(asks, row, guest, slotAt);
    demands[row] = demand;
    wants[row] = wantOf(asks, row, demand);
    changesAt = Math.min(changesAt, nextAskChange(asks, row, slotAt));
  }
  fillCores(freeCores, vcpus, wants, cores);
  return Math.ceil(changesAt / loadSlotMs) * loadSlotMs;
}

/** What one guest gets, into its own columns and the host's sums: all its traffic passes through the host. */
function setRates(columns: HostColumns, row: number): void {
  const { rows, asks, demands, wants, cores, pace, served, guestPerMs, hostPerMs } = columns;
  const count = rows.length;
  const at = row * askFields;
  const progress = asks[at + ask.progress] ?? 0;
  const demand = demands[row] ?? 0;
  const granted = cores[row] ?? 0;
  // What a guest waits for but a core it waits for asleep.
  const awake = progress * (served[row] ?? 1);
  const ownPace = (demand <= 0 ? 1 : granted / demand) * awake;
  cores[row] = granted * awake;
  pace[row] = ownPace;
  guestPerMs[row] = granted * awake * nanosecondsPerMs;
  guestPerMs[count + row] = ((wants[row] ?? 0) - granted) * progress * nanosecondsPerMs;
  const perMs = ownPace / msPerSecond;
  const work = demand * perMs;
  const first = guestTrafficAt * count + row;
  guestPerMs[first] = work * (asks[at + ask.diskRead] ?? 0) + perMs * (asks[at + ask.bootRead] ?? 0);
  guestPerMs[first + count] = work * (asks[at + ask.diskWrite] ?? 0);
  guestPerMs[first + 2 * count] = work * (asks[at + ask.networkReceive] ?? 0);
  guestPerMs[first + 3 * count] = work * (asks[at + ask.networkSend] ?? 0);
  for (let column = 0; column < trafficColumns; column += 1) {
    addTo(hostPerMs, hostTrafficAt + column, guestPerMs[first + column * count] ?? 0);
  }
}

function slotOf(atMs: number): number {
  return Math.floor(atMs / loadSlotMs) * loadSlotMs;
}

function addTo(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}

/** The transfer that an instance is an end of. */
function transferOf(world: World, { outgoing, incoming }: InstanceState) {
  const id = outgoing?.transfer ?? incoming?.transfer;
  return id === undefined ? undefined : world.state.transfers[id];
}
