import { guestKindOf } from '../domains/guestKinds.ts';
import { migrationCores, shareCpu } from '../physics/cpuShares.ts';
import { streamOf } from '../physics/random.ts';
import { guestProgress, throttlePercent } from '../physics/transfer.ts';
import { type Demand, demandAt, type GuestPhase, type LoadPattern } from '../physics/workload.ts';
import { fullCores, type GuestWorkload, idleWorkload, loadSlotMs } from '../scenario/workload.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/** Of the host itself: its kernel, libvirt, and who watches it. */
const hostOwnCores = 0.12;

/** What one guest gets until the next change. */
export interface GuestLoad {
  readonly cores: number;
  /** Cores it waits for. */
  readonly readyCores: number;
  /** Of what it asked for, 0 to 1. */
  readonly pace: number;
  /** Of what its workload does at most, 0 to 1: its memory is written at this speed. */
  readonly activity: number;
  readonly demand: Demand;
}

export interface HostLoad {
  readonly busyCores: number;
  /** What migrations send from here and bring here, bytes a second. */
  readonly migratingOut: number;
  readonly migratingIn: number;
  readonly guests: ReadonlyMap<string, GuestLoad>;
}

export function workloadOf(world: World, uuid: string): GuestWorkload {
  return world.state.workloads[uuid] ?? idleWorkload;
}

/** With times of the clock, and the trace itself, for what the workload says by name. */
function patternOf({ state, scenario }: World, { cpu }: GuestWorkload): LoadPattern {
  if (cpu.kind === 'step') {
    const steps = cpu.steps.map(({ afterMs, cores }) => ({ atMs: state.startedAt + afterMs, cores }));
    return { ...cpu, steps };
  }
  if (cpu.kind !== 'trace') return cpu;
  const trace = scenario.traces[cpu.trace];
  if (trace === undefined) throw new Error(`the scenario has no trace ${cpu.trace}`);
  const { percents, intervalMs: slotMs } = trace;
  return { kind: 'trace', cores: cpu.cores, percents, fromMs: state.startedAt, slotMs };
}

const known = new WeakMap<HostState, { readonly slotAt: number; readonly load: HostLoad }>();

/** Constant from one slot's begin to its end, unless something changes on the host in between (`forgetLoad`). */
export function hostLoad(world: World, host: HostState, at: number): HostLoad {
  const slotAt = Math.floor(at / loadSlotMs) * loadSlotMs;
  const last = known.get(host);
  if (last?.slotAt === slotAt) return last.load;
  const load = workOut(world, host, slotAt);
  known.set(host, { slotAt, load });
  return load;
}

/** It is worked out anew when it is next asked for. */
export function forgetLoad(host: HostState): void {
  known.delete(host);
}

function workOut(world: World, host: HostState, slotAt: number): HostLoad {
  // Plain loops: a data centre has ten thousand guests.
  const running: { readonly domain: DomainState; readonly demand: Demand; readonly progress: number }[] = [];
  const asks: { vcpus: number; demandCores: number; throttlePercent: number }[] = [];
  let migratingOut = 0;
  let migratingIn = 0;
  for (const domain of Object.values(host.domains)) {
    const { instance } = domain;
    if (instance === undefined) continue;
    const transfer = transferOf(world, instance);
    const isSource = transfer?.from === host.name;
    const flow = transfer?.flows === true ? transfer.model.rate.bytesPerSecond : 0;
    if (isSource) migratingOut += flow;
    else migratingIn += flow;
    const demand = demandOf(world, domain, instance, slotAt);
    running.push({
      domain,
      demand,
      progress: transfer === undefined || isSource ? 1 : guestProgress(transfer.model),
    });
    asks.push({
      vcpus: domain.definition.vcpus,
      demandCores: demand.cores,
      throttlePercent: transfer !== undefined && isSource ? throttlePercent(transfer.model) : 0,
    });
  }
  const { cpus } = world.facts(host);
  const overhead = hostOwnCores + migrationCores(migratingOut + migratingIn);
  const grants = shareCpu(cpus, overhead, asks);
  let busyCores = overhead;
  const guests = new Map<string, GuestLoad>();
  for (const [index, { domain, demand, progress }] of running.entries()) {
    const grant = grants[index] ?? { cores: 0, readyCores: 0, pace: 0 };
    const cores = grant.cores * progress;
    busyCores += cores;
    const full = fullCores(workloadOf(world, domain.uuid));
    guests.set(domain.uuid, {
      cores,
      readyCores: grant.readyCores * progress,
      pace: grant.pace * progress,
      activity: full > 0 ? Math.min(1, cores / full) : 0,
      demand,
    });
  }
  return { busyCores: Math.min(cpus, busyCores), migratingOut, migratingIn, guests };
}

/** The transfer that an instance is an end of. */
function transferOf(world: World, { outgoing, incoming }: InstanceState) {
  const id = outgoing?.transfer ?? incoming?.transfer;
  return id === undefined ? undefined : world.state.transfers[id];
}

function demandOf(world: World, domain: DomainState, instance: InstanceState, slotAt: number): Demand {
  const kind = guestKindOf(domain.definition.guestSystem);
  const phase = phaseOf(instance);
  return demandAt(
    {
      ...workloadOf(world, domain.uuid),
      cpu: patternOf(world, workloadOf(world, domain.uuid)),
      boot: {
        durationMs: kind.bootMs,
        cores: kind.bootCores,
        diskReadBytesPerSecond: kind.bootReadBytesPerSecond,
      },
    },
    {
      stream: streamOf(world.state.seed, domain.uuid),
      // A kernel that hangs turns on one of its CPUs.
      vcpus: phase === 'hung' ? 1 : domain.definition.vcpus,
      phase,
    },
    slotAt,
  );
}

export function phaseOf({ state, reason, guest }: InstanceState): GuestPhase {
  if (state !== 'active' || reason === 'post-copy-failed') return 'paused';
  if (guest.hung) return 'hung';
  return guest.phase === 'booting' ? 'booting' : 'running';
}
