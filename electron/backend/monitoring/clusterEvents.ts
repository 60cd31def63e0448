import type { ClusterEvent } from '#shared/model/history.ts';
import type { Host } from '#shared/model/host.ts';
import type { ClusterId, HostId, TaskId, VmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm, VmState } from '#shared/model/vm.ts';

interface Input {
  readonly inventory: {
    subscribe(listener: (patches: readonly LivePatch[]) => void): () => void;
    host(id: HostId): Host | undefined;
    vm(id: VmId): Vm | undefined;
  };
  readonly runner: { subscribe(listener: (task: Task) => void): () => void };
  /** By the cluster's own clock; undefined where none of its hosts is known. */
  readonly now: (cluster: ClusterId) => number | undefined;
  readonly keep: (event: ClusterEvent, cluster: ClusterId) => void;
}

type Seen = Pick<Vm, 'state' | 'hostId'>;

/** What happened to hosts and VMs, whoever did it, and how tasks ended: the ticks of a time axis. Returns its end. */
export function watchClusterEvents({ inventory, runner, now, keep }: Input): () => void {
  const vms = new Map<VmId, Seen>();
  const hosts = new Map<HostId, Host['connection']['state']>();
  const lost = new Set<HostId>();
  const tasks = new Set<TaskId>();
  const name = (id: HostId) => inventory.host(id)?.name ?? 'a host that was removed';
  const tell = (cluster: ClusterId, event: Omit<ClusterEvent, 'at'>) => {
    const at = now(cluster);
    if (at !== undefined) keep({ at, ...event }, cluster);
  };

  const onVm = (vm: Vm) => {
    const before = vms.get(vm.id);
    vms.set(vm.id, { state: vm.state, hostId: vm.hostId });
    // Last known only: what became of it is not known, and how it was found is no event.
    if (before === undefined || !vm.current) return;
    if (before.hostId !== vm.hostId) {
      tell(vm.clusterId, {
        kind: 'vm-moved',
        text: `${vm.name} moved from ${name(before.hostId)} to ${name(vm.hostId)}`,
        hostIds: [before.hostId, vm.hostId],
        vmId: vm.id,
      });
    }
    const change = changeOf(before.state, vm.state);
    if (change === undefined) return;
    tell(vm.clusterId, {
      kind: change.kind,
      text: `${vm.name} ${change.did} on ${name(vm.hostId)}`,
      hostIds: [vm.hostId],
      vmId: vm.id,
    });
  };

  const onHost = (host: Host) => {
    const before = hosts.get(host.id);
    const { state } = host.connection;
    hosts.set(host.id, state);
    if (before === 'connected' && state !== 'connected') {
      tell(host.clusterId, { kind: 'host-lost', text: `${host.name} was lost`, hostIds: [host.id] });
      lost.add(host.id);
    } else if (state === 'connected' && lost.delete(host.id)) {
      tell(host.clusterId, { kind: 'host-back', text: `${host.name} answers again`, hostIds: [host.id] });
    }
  };

  const endInventory = inventory.subscribe((patches) => {
    for (const patch of patches) {
      if (patch.kind === 'vm') onVm(patch.value);
      else if (patch.kind === 'host') onHost(patch.value);
      else if (patch.kind === 'vm-gone') vms.delete(patch.id);
      else if (patch.kind === 'host-gone') hosts.delete(patch.id);
    }
  });
  const endTasks = runner.subscribe((task) => {
    if (task.state !== 'succeeded' && task.state !== 'failed') {
      tasks.add(task.id);
      return;
    }
    // Told once, and of a task that this run of Drover saw under way.
    if (!tasks.delete(task.id)) return;
    const { vmId, hostIds, clusterId } = task.subject;
    const cluster = clusterId ?? (vmId && inventory.vm(vmId)?.clusterId);
    if (cluster === undefined) return;
    const done = task.state === 'succeeded';
    tell(cluster, {
      kind: done ? 'task-done' : 'task-failed',
      text: `${task.title}: ${done ? 'done' : 'failed'}`,
      hostIds,
      ...(vmId === undefined ? {} : { vmId }),
      taskId: task.id,
    });
  });
  return () => {
    endInventory();
    endTasks();
  };
}

function changeOf(
  before: VmState,
  after: VmState,
): { readonly kind: ClusterEvent['kind']; readonly did: string } | undefined {
  if (before === after) return undefined;
  switch (after) {
    case 'active':
      return before === 'paused'
        ? { kind: 'vm-resumed', did: 'resumed' }
        : { kind: 'vm-started', did: 'started' };
    case 'paused':
      return { kind: 'vm-paused', did: 'was paused' };
    case 'suspended':
      return { kind: 'vm-suspended', did: 'was suspended' };
    case 'inactive':
      return { kind: 'vm-stopped', did: 'stopped' };
    case 'unknown':
      return undefined;
    default:
      return after satisfies never;
  }
}
