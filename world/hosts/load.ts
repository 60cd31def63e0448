import { fillCores, migrationCores, wantedCores } from '../physics/cpuShares.ts';
import { wattsAt } from '../physics/power.ts';
import { guestProgress, throttlePercent } from '../physics/transfer.ts';
import { demandedCores, type GuestPhase, nextDemandChange } from '../physics/workload.ts';
import { loadSlotMs } from '../scenario/workload.ts';
import type { DomainState, HostState, InstanceState, SurgeState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { guestCounters, guestTrafficAt, hostCounters, hostSums, hostTrafficAt } from './counters.ts';
import { type GuestNature, isStill, natureOf, phaseOf } from './guests.ts';
import { nextSurgeChange, surgedTimes, surgesOf } from './surges.ts';

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
  /** Cores that each may run on, asks for, would run on if it were alone, and runs on; of what it asked for, 0 to 1. */
  readonly vcpus: Float64Array;
  readonly demands: Float64Array;
  readonly wants: Float64Array;
  readonly cores: Float64Array;
  readonly pace: Float64Array;
  /** MiB, as of this slot; `columns.ts` fills it in. */
  readonly memoryUsed: Float64Array;
  memorySlotMs: number;
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
    const nature = natureOf(world, domain);
    rows.push({ domain, instance, nature, phase: 'off', surges: [], throttlePercent: 0, progress: 1 });
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
    vcpus: new Float64Array(count),
    demands: new Float64Array(count),
    wants: new Float64Array(count),
    cores: new Float64Array(count),
    pace: new Float64Array(count),
    memoryUsed: new Float64Array(count),
    memorySlotMs: Number.NaN,
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
  const { rows, vcpus } = columns;
  columns.migratingOut = 0;
  columns.migratingIn = 0;
  columns.memoryPromisedMiB = 0;
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
    guest.phase = phaseOf(instance);
    guest.surges = surgesOf(world, guest.domain.uuid);
    guest.throttlePercent = transfer !== undefined && isSource ? throttlePercent(transfer.model) : 0;
    guest.progress = transfer === undefined || isSource ? 1 : guestProgress(transfer.model);
    // A kernel that hangs turns on one of its CPUs.
    vcpus[row] = guest.phase === 'hung' ? 1 : nature.definition.vcpus;
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
  addTo(hostPerMs, hostTrafficAt + 2, migratingIn / msPerSecond);
  addTo(hostPerMs, hostTrafficAt + 3, migratingOut / msPerSecond);
  return until;
}

/** Cores by demand at the slot's begin, as if no guest waited for pages, and until when they hold. */
function shareCores(columns: HostColumns, freeCores: number): number {
  const { rows, vcpus, demands, wants, cores } = columns;
  const slotAt = Math.floor(columns.anchorMs / loadSlotMs) * loadSlotMs;
  let changesAt = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows.length; row += 1) {
    const guest = rows[row];
    if (guest === undefined) continue;
    const own = vcpus[row] ?? 0;
    const demand = demandOf(guest, own, slotAt);
    demands[row] = demand;
    wants[row] = wantedCores(demand, own, guest.throttlePercent);
    changesAt = Math.min(changesAt, nextChange(guest, slotAt));
  }
  fillCores(freeCores, vcpus, wants, cores);
  return Math.ceil(changesAt / loadSlotMs) * loadSlotMs;
}

function nextChange({ nature, phase, surges }: GuestRow, slotAt: number): number {
  const byItself = nextDemandChange(nature.workload, phase, slotAt);
  return surges.length === 0 ? byItself : Math.min(byItself, nextSurgeChange(surges, slotAt));
}

function demandOf({ nature, phase, surges }: GuestRow, vcpus: number, slotAt: number): number {
  switch (phase) {
    case 'off':
    case 'paused':
      return 0;
    case 'hung':
      return vcpus;
    case 'booting':
      return Math.min(vcpus, nature.workload.boot.cores);
    case 'running':
      return demandedCores(nature.workload, nature.stream, vcpus, slotAt, surgedTimes(surges, slotAt));
    default:
      return phase satisfies never;
  }
}

/** What one guest gets, into its own columns and the host's sums: all its traffic passes through the host. */
function setRates(columns: HostColumns, row: number): void {
  const { rows, demands, wants, cores, pace, guestPerMs, hostPerMs } = columns;
  const guest = rows[row];
  if (guest === undefined) return;
  const count = rows.length;
  const { progress, phase, nature } = guest;
  const demand = demands[row] ?? 0;
  const granted = cores[row] ?? 0;
  const ownPace = (demand <= 0 ? 1 : granted / demand) * progress;
  cores[row] = granted * progress;
  pace[row] = ownPace;
  guestPerMs[row] = granted * progress * nanosecondsPerMs;
  guestPerMs[count + row] = ((wants[row] ?? 0) - granted) * progress * nanosecondsPerMs;
  const { rates, boot } = nature.workload;
  const isRunning = phase === 'running';
  const reads = isRunning ? demand * rates.diskRead : phase === 'booting' ? boot.diskReadBytesPerSecond : 0;
  const perMs = ownPace / msPerSecond;
  const work = isRunning ? demand * perMs : 0;
  const first = guestTrafficAt * count + row;
  guestPerMs[first] = reads * perMs;
  guestPerMs[first + count] = work * rates.diskWrite;
  guestPerMs[first + 2 * count] = work * rates.networkReceive;
  guestPerMs[first + 3 * count] = work * rates.networkSend;
  for (let column = 0; column < trafficColumns; column += 1) {
    addTo(hostPerMs, hostTrafficAt + column, guestPerMs[first + column * count] ?? 0);
  }
}

function addTo(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}

/** The transfer that an instance is an end of. */
function transferOf(world: World, { outgoing, incoming }: InstanceState) {
  const id = outgoing?.transfer ?? incoming?.transfer;
  return id === undefined ? undefined : world.state.transfers[id];
}
