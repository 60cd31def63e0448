import type { Happening } from '#shared/model/happening.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import type { DomainState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/** A host or a VM failed, and VMs that ran do not run any more. */
export interface Failure {
  /** Simulated milliseconds since 1970. */
  readonly at: number;
  readonly kind: 'power-off' | 'crash-vm' | 'hang-vm' | 'vm-stopped';
  /** The host or VM. */
  readonly object: string;
  /** VMs that ran until then and did not any more. */
  readonly vms: number;
  /** Of these, how many run again: booted, or no longer hung. */
  readonly recovered: number;
  /** From the failure until the last of them ran again; left out while one does not. */
  readonly recoveredMs?: number;
}

interface Open {
  readonly at: number;
  readonly kind: Failure['kind'];
  readonly object: string;
  readonly vms: number;
  /** By name. */
  readonly missing: Set<string>;
  lastAt: number;
}

/** Follows what failures took, and when it was back. */
export class Failures {
  readonly #world: World;
  readonly #all: Open[] = [];
  /** Of each VM that is missing, what took it. */
  readonly #missing = new Map<string, Open[]>();
  restarts = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Carries out what the timeline has, and sees what it takes. */
  watch(actions: readonly TimelineAction[], carryOut: () => void): void {
    const looks = actions.flatMap((action) => this.#threatened(action) ?? []);
    carryOut();
    for (const { kind, object, vms } of looks) {
      const taken = vms.filter((vm) => !this.#runsOn(vm)).map(({ name }) => name);
      if (taken.length > 0) this.#open(kind, object, taken, Math.round(this.#world.now));
    }
  }

  #open(kind: Failure['kind'], object: string, taken: readonly string[], at: number): void {
    const open: Open = { at, kind, object, vms: taken.length, missing: new Set(taken), lastAt: at };
    this.#all.push(open);
    for (const name of taken) this.#missing.set(name, [...(this.#missing.get(name) ?? []), open]);
  }

  heard({ kind, object, outcome, at }: Happening): void {
    if (kind === 'vm-stopped') this.#open(kind, object, [object], at);
    if (outcome !== 'done' || (kind !== 'guest-up' && kind !== 'unhang-vm')) return;
    const took = this.#missing.get(object);
    if (took === undefined) return;
    this.#missing.delete(object);
    if (kind === 'guest-up') this.restarts += 1;
    for (const open of took) {
      open.missing.delete(object);
      open.lastAt = at;
    }
  }

  /** VMs that have not come back yet. */
  get stillDown(): number {
    return this.#missing.size;
  }

  told(): readonly Failure[] {
    return this.#all.map(({ at, kind, object, vms, missing, lastAt }) => ({
      at,
      kind,
      object,
      vms,
      recovered: vms - missing.size,
      ...(missing.size > 0 ? {} : { recoveredMs: lastAt - at }),
    }));
  }

  /** The VMs that run where something is to break. */
  #threatened(action: TimelineAction) {
    switch (action.kind) {
      case 'power-off': {
        const domains = Object.values(this.#world.host(action.host)?.domains ?? {});
        return { kind: action.kind, object: action.host, vms: domains.flatMap(runningIn) };
      }
      case 'crash-vm':
      case 'hang-vm': {
        const uuid = this.#world.uuidOf(action.vm);
        const domains = this.#world.hosts().flatMap((host) => host.domains[uuid] ?? []);
        return { kind: action.kind, object: action.vm, vms: domains.flatMap(runningIn) };
      }
      default:
        return undefined;
    }
  }

  /** The same boot of it, here or elsewhere. */
  #runsOn({ uuid, bootedAt }: Running): boolean {
    return this.#world
      .hosts()
      .some(({ domains }) =>
        (domains[uuid] === undefined ? [] : runningIn(domains[uuid])).some(
          (now) => now.bootedAt === bootedAt,
        ),
      );
  }
}

interface Running {
  readonly uuid: string;
  readonly name: string;
  readonly bootedAt: number;
}

function runningIn({ uuid, definition, instance }: DomainState): readonly Running[] {
  if (instance?.state !== 'active' || instance.guest.hung) return [];
  return [{ uuid, name: definition.name, bootedAt: instance.guest.bootedAt }];
}
