import type { ActivityEvent, ActivityEventKind } from '#shared/model/activityEvent.ts';
import type { Host } from '#shared/model/host.ts';
import type { ClusterId, HostId, TaskId, VmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import type { Vm, VmState } from '#shared/model/vm.ts';

/** An event before it has a time and a number. */
export type SeenEvent = Omit<ActivityEvent, 'id' | 'at' | 'clusterAt'>;

interface KnownHost {
  readonly name: string;
  readonly clusterId: ClusterId;
  /** It has told of all its VMs at least once, now or in an earlier session. */
  readonly told: boolean;
  readonly lost: boolean;
}

/** As it last was while no task worked on it: what a task does with it in between is the task's to tell. */
interface KnownVm {
  readonly vm: Vm;
  readonly heldBy: TaskId | undefined;
  /** Its host did not answer meanwhile, so when it changed is not known. */
  readonly unseen: boolean;
}

/** Turns changes of the inventory into events. What was only last known is compared with what is found later. */
export class EventWatcher {
  readonly #hosts = new Map<HostId, KnownHost>();
  readonly #vms = new Map<VmId, KnownVm>();

  /** The events of one batch of patches, in their order. */
  take(patches: readonly LivePatch[]): readonly SeenEvent[] {
    // A host's first word and all its VMs come in one batch: judged by what was known of the host before.
    const before = new Map(this.#hosts);
    return patches.flatMap((patch): readonly SeenEvent[] => {
      switch (patch.kind) {
        case 'host':
          return this.#hostChanged(patch.value);
        case 'host-gone':
          this.#hosts.delete(patch.id);
          return [];
        case 'vm':
          return this.#vmChanged(patch.value, before.get(patch.value.hostId)?.told ?? false);
        case 'vm-gone':
          return this.#vmGone(patch.id);
        default:
          return [];
      }
    });
  }

  #hostChanged(host: Host): readonly SeenEvent[] {
    const known = this.#hosts.get(host.id);
    const { state } = host.connection;
    const isLost = state === 'unreachable' || state === 'needs-attention';
    // Being connected anew is neither: it is lost until it answers.
    const lost = isLost || (state === 'connecting' && (known?.lost ?? false));
    this.#hosts.set(host.id, {
      name: host.name,
      clusterId: host.clusterId,
      told: host.lastSeenAt !== undefined,
      lost,
    });
    const event = (kind: ActivityEventKind, text: string): readonly SeenEvent[] => [
      { kind, clusterId: host.clusterId, hostIds: [host.id], text },
    ];
    if (lost && known?.lost !== true) {
      const why = 'error' in host.connection ? `: ${host.connection.error.message}` : '.';
      return event('host-lost', `${host.name} does not answer${why}`);
    }
    if (!lost && known?.lost === true) return event('host-back', `${host.name} answers again.`);
    return [];
  }

  #vmChanged(vm: Vm, hostHadTold: boolean): readonly SeenEvent[] {
    const known = this.#vms.get(vm.id);
    if (known !== undefined && vm.heldBy !== undefined) {
      this.#vms.set(vm.id, { ...known, heldBy: vm.heldBy });
      return [];
    }
    if (!vm.current) {
      this.#vms.set(vm.id, { vm: known?.vm ?? vm, heldBy: known?.heldBy, unseen: true });
      return [];
    }
    this.#vms.set(vm.id, { vm, heldBy: vm.heldBy, unseen: false });
    if (known === undefined) {
      if (!hostHadTold) return [];
      return [this.#event(vm, 'vm-appeared', `${vm.name} is defined on ${this.#nameOf(vm.hostId)}.`)];
    }
    const { vm: was, heldBy, unseen } = known;
    const by = heldBy === undefined ? {} : { taskId: heldBy };
    const events: SeenEvent[] = [];
    if (was.hostId !== vm.hostId && isInstantiated(vm.state)) {
      const [from, to] = [this.#nameOf(was.hostId), this.#nameOf(vm.hostId)];
      events.push({
        ...this.#event(vm, 'vm-moved', `${vm.name} moved from ${from} to ${to}.`),
        hostIds: [was.hostId, vm.hostId],
        ...by,
      });
    }
    const change = changeOf(was.state, vm.state);
    if (change !== undefined) {
      const late = unseen ? ' while its host was not heard from' : '';
      const where = change.kind === 'vm-started' ? ` on ${this.#nameOf(vm.hostId)}` : '';
      const why = change.kind === 'vm-stopped' && vm.reason === 'crashed' ? ': its guest crashed' : '';
      events.push({
        ...this.#event(vm, change.kind, `${vm.name} ${change.words}${where}${late}${why}.`),
        ...by,
      });
    }
    return events;
  }

  #vmGone(id: VmId): readonly SeenEvent[] {
    const known = this.#vms.get(id);
    this.#vms.delete(id);
    // It goes with a host that is removed, which is no news about the VM.
    if (known === undefined || !this.#hosts.has(known.vm.hostId)) return [];
    const { vm, heldBy } = known;
    return [
      {
        ...this.#event(vm, 'vm-gone', `${vm.name} is no longer defined on ${this.#nameOf(vm.hostId)}.`),
        ...(heldBy === undefined ? {} : { taskId: heldBy }),
      },
    ];
  }

  #event(vm: Vm, kind: ActivityEventKind, text: string): SeenEvent {
    return { kind, clusterId: vm.clusterId, hostIds: [vm.hostId], vmId: vm.id, vmName: vm.name, text };
  }

  #nameOf(id: HostId): string {
    return this.#hosts.get(id)?.name ?? 'a host that was removed';
  }
}

const isInstantiated = (state: VmState): boolean => state === 'active' || state === 'paused';

function changeOf(
  was: VmState,
  is: VmState,
): { readonly kind: ActivityEventKind; readonly words: string } | undefined {
  if (was === is || was === 'unknown') return undefined;
  switch (is) {
    case 'active':
      return was === 'paused'
        ? { kind: 'vm-resumed', words: 'was resumed' }
        : { kind: 'vm-started', words: was === 'suspended' ? 'was restored' : 'was started' };
    case 'paused':
      return { kind: 'vm-paused', words: 'was paused' };
    case 'suspended':
      return { kind: 'vm-suspended', words: 'was suspended' };
    case 'inactive':
      return { kind: 'vm-stopped', words: was === 'suspended' ? 'lost its saved memory' : 'stopped' };
    case 'unknown':
      return undefined;
    default:
      return is satisfies never;
  }
}
