import { guestKindOf } from '../domains/guestKinds.ts';
import { streamOf } from '../physics/random.ts';
import type { GuestPhase, LoadPattern, Workload } from '../physics/workload.ts';
import { fullCores, type GuestWorkload, idleWorkload } from '../scenario/workload.ts';
import type { DomainDefinition, DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { writtenFiles } from '../storage/disks.ts';
import { type Place, placeOf } from '../storage/stores.ts';

const mebibyte = 1024 ** 2;

/** What a guest is as long as neither its definition nor what it does is another: worked out once. */
export interface GuestNature {
  readonly definition: DomainDefinition;
  readonly told: GuestWorkload;
  /** With times of the clock, and the trace itself, for what is told by name. */
  readonly workload: Workload;
  /** Of its noise. */
  readonly stream: number;
  readonly fullCores: number;
  readonly touchedBytes: number;
  /** The first disk that it writes, and where that lies. */
  readonly firstDisk: string | undefined;
  readonly place: Place | undefined;
}

export function workloadOf(world: World, uuid: string): GuestWorkload {
  return world.state.workloads[uuid] ?? idleWorkload;
}

const known = new WeakMap<DomainState, GuestNature>();

export function natureOf(world: World, host: HostState, domain: DomainState): GuestNature {
  const last = known.get(domain);
  if (last !== undefined && isStill(world, last, domain)) return last;
  const told = workloadOf(world, domain.uuid);
  const { definition } = domain;
  const [firstDisk] = writtenFiles(domain);
  const kind = guestKindOf(definition.guestSystem);
  const nature: GuestNature = {
    definition,
    told,
    workload: {
      ...told,
      cpu: patternOf(world, told),
      boot: {
        durationMs: kind.bootMs,
        cores: kind.bootCores,
        diskReadBytesPerSecond: kind.bootReadBytesPerSecond,
      },
    },
    stream: streamOf(world.state.seed, domain.uuid),
    fullCores: fullCores(told),
    touchedBytes: definition.memoryMiB * mebibyte * told.memory.touchedShare,
    firstDisk,
    place: firstDisk === undefined ? undefined : placeOf(world, host.name, firstDisk),
  };
  known.set(domain, nature);
  return nature;
}

/** Whether it is this domain's nature still. */
export function isStill(world: World, nature: GuestNature, domain: DomainState): boolean {
  return nature.definition === domain.definition && nature.told === workloadOf(world, domain.uuid);
}

export function phaseOf({ state, reason, guest }: InstanceState): GuestPhase {
  if (state !== 'active' || reason === 'post-copy-failed') return 'paused';
  if (guest.hung) return 'hung';
  return guest.phase === 'booting' ? 'booting' : 'running';
}

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
