import type { ActivityEvent } from '#shared/model/event.ts';
import type { Host } from '#shared/model/host.ts';
import type { ClusterId, HostId, TaskId, VmId } from '#shared/model/ids.ts';
import type { LiveMessage, LivePatch, LiveState } from '#shared/model/live.ts';
import type { PhysicalCluster } from '#shared/model/physicalCluster.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';

/** What the page knows. `live`: told as it changes; `stale`: last known, the backend is out of reach. */
export interface LiveModel {
  readonly freshness: 'none' | 'live' | 'stale';
  readonly sequence: number;
  readonly clusters: ReadonlyMap<ClusterId, PhysicalCluster>;
  readonly hosts: ReadonlyMap<HostId, Host>;
  readonly vms: ReadonlyMap<VmId, Vm>;
  readonly tasks: ReadonlyMap<TaskId, Task>;
  /** The latest, oldest first. */
  readonly events: readonly ActivityEvent[];
}

/** Older ones are asked for. */
const keptEvents = 200;

export const nothingKnown: LiveModel = {
  freshness: 'none',
  sequence: -1,
  clusters: new Map(),
  hosts: new Map(),
  vms: new Map(),
  tasks: new Map(),
  events: [],
};

/** The next model, or `gap` where a message was missed and a snapshot must be asked for. */
export function applyMessage(model: LiveModel, message: LiveMessage): LiveModel | 'gap' {
  if (message.kind === 'snapshot') return fromSnapshot(message.state, message.sequence);
  if (model.freshness !== 'live' || message.sequence !== model.sequence + 1) return 'gap';
  return applyPatches(model, message.patches, message.sequence);
}

function fromSnapshot(state: LiveState, sequence: number): LiveModel {
  return {
    freshness: 'live',
    sequence,
    clusters: new Map(state.clusters.map((each) => [each.id, each])),
    hosts: new Map(state.hosts.map((each) => [each.id, each])),
    vms: new Map(state.vms.map((each) => [each.id, each])),
    tasks: new Map(state.tasks.map((each) => [each.id, each])),
    events: state.events,
  };
}

/** Only the maps that changed are copied, so that whoever looks at another is not disturbed. */
function applyPatches(model: LiveModel, patches: readonly LivePatch[], sequence: number): LiveModel {
  let clusters: Map<ClusterId, PhysicalCluster> | undefined;
  let hosts: Map<HostId, Host> | undefined;
  let vms: Map<VmId, Vm> | undefined;
  let tasks: Map<TaskId, Task> | undefined;
  let events: ActivityEvent[] | undefined;
  for (const patch of patches) {
    switch (patch.kind) {
      case 'cluster':
        (clusters ??= new Map(model.clusters)).set(patch.value.id, patch.value);
        break;
      case 'host':
        (hosts ??= new Map(model.hosts)).set(patch.value.id, patch.value);
        break;
      case 'vm':
        (vms ??= new Map(model.vms)).set(patch.value.id, patch.value);
        break;
      case 'task':
        (tasks ??= new Map(model.tasks)).set(patch.value.id, patch.value);
        break;
      case 'event':
        (events ??= [...model.events]).push(patch.value);
        break;
      case 'cluster-gone':
        (clusters ??= new Map(model.clusters)).delete(patch.id);
        break;
      case 'host-gone':
        (hosts ??= new Map(model.hosts)).delete(patch.id);
        break;
      case 'vm-gone':
        (vms ??= new Map(model.vms)).delete(patch.id);
        break;
      case 'task-gone':
        (tasks ??= new Map(model.tasks)).delete(patch.id);
        break;
      default:
        patch satisfies never;
    }
  }
  return {
    freshness: 'live',
    sequence,
    clusters: clusters ?? model.clusters,
    hosts: hosts ?? model.hosts,
    vms: vms ?? model.vms,
    tasks: tasks ?? model.tasks,
    events: events?.slice(-keptEvents) ?? model.events,
  };
}
