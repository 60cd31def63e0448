import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import { type TaskId, taskId, type VmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmAction } from '#shared/model/vmAction.ts';
import { canAct } from '#shared/rules/canAct.ts';
import { surroundingsOf } from '#shared/rules/surroundings.ts';

/** How long the verbs that wait take here, milliseconds; the others are done at once. */
const takesMs: Readonly<Partial<Record<VmAction['verb'], number>>> = {
  suspend: 6000,
  'shut-down': 5000,
  reboot: 8000,
};

/** What the scripted cluster lends to its VMs' lives. */
export interface FakeLife {
  readonly now: number;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly vms: ReadonlyMap<VmId, Vm>;
  vm(id: VmId): Vm;
  put(...patches: readonly LivePatch[]): void;
}

interface Waiting {
  readonly task: Task;
  readonly action: VmAction;
  readonly endsAt: number;
}

/** The verbs of VMs by the very rules of the backend, in a world whose guests obey but for those in `deaf`. */
export class FakeLifecycle {
  /** Guests that ignore their power button. */
  readonly deaf = new Set<VmId>();
  readonly #world: FakeLife;
  readonly #waiting = new Map<TaskId, Waiting>();
  readonly #idempotent = new Map<string, TaskId>();
  #next = 1;

  constructor(world: FakeLife) {
    this.#world = world;
  }

  act(vmId: VmId, action: VmAction, key?: string): TaskId {
    const same = key === undefined ? undefined : this.#idempotent.get(key);
    if (same !== undefined) return same;
    const vm = this.#world.vm(vmId);
    const around = surroundingsOf(vm, { hosts: this.#world.hosts.values(), vms: this.#world.vms.values() });
    if (around === undefined) throw new Error(`the fake cluster has no host ${vm.hostId}`);
    const title = titleOf(vm, action);
    const verdict = canAct(vm, action, around);
    if (!verdict.allowed) throw new DroverError({ code: verdict.code, tried: title, cause: verdict.reason });
    const task = this.#begin(vm, action, title);
    if (key !== undefined) this.#idempotent.set(key, task.id);
    const takes = takesMs[action.verb];
    if (takes === undefined) this.#succeed(task, action);
    else this.#wait({ task, action, endsAt: this.#world.now + this.#patience(vmId, action, takes) });
    return task.id;
  }

  /** False where it is no task of a VM's life that waits. */
  cancel(id: TaskId): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return false;
    const { task, action } = waiting;
    const { vmName } = task.subject;
    const asked = action.verb === 'suspend' ? '' : ' Its guest was asked and may still do so.';
    this.#end(task, {
      state: 'cancelled',
      outcome: `${vmName} is active.${asked}`,
      error: { code: 'cancelled', message: `${task.title}: you stopped waiting for it.` },
    });
    return true;
  }

  advance(): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.endsAt > this.#world.now) this.#show(waiting);
      else this.#isOver(waiting);
    }
  }

  #isOver({ task, action }: Waiting): void {
    const { vmId, vmName } = task.subject;
    const isIgnored = vmId !== undefined && this.deaf.has(vmId);
    if (action.verb === 'suspend' || !isIgnored) return this.#succeed(task, action);
    if (action.verb === 'shut-down' && action.whenIgnored === 'force-off') return this.#succeed(task, action);
    const seconds = action.verb === 'shut-down' ? action.patienceSeconds : 120;
    const next = 'It may only be slow: wait and look again, ask once more, or force it off.';
    this.#end(task, {
      state: 'failed',
      outcome: `${vmName} is active. Its guest was asked and may still do so.`,
      error: {
        code: 'guest-ignored',
        message: `${task.title}: its guest was asked ${seconds} s ago and still runs. ${next}`,
        next,
      },
    });
  }

  #patience(vmId: VmId, action: VmAction, usualMs: number): number {
    return this.deaf.has(vmId) && action.verb === 'shut-down' ? action.patienceSeconds * 1000 : usualMs;
  }

  #begin(vm: Vm, action: VmAction, title: string): Task {
    const { now } = this.#world;
    return {
      id: taskId(`task-life-${this.#next++}`),
      kind: action.verb,
      title,
      subject: { clusterId: vm.clusterId, vmId: vm.id, vmName: vm.name, hostIds: [vm.hostId] },
      requestedBy: { who: 'ops', via: 'desktop' },
      state: 'running',
      createdAt: now,
      startedAt: now,
      steps: [
        { id: action.verb, kind: `lifecycle.${action.verb}`, title, reason: 'asked for', state: 'running' },
      ],
      warnings: [],
      log: [{ at: now, level: 'info', text: `${title}: begun` }],
    };
  }

  #wait(waiting: Waiting): void {
    const { task } = waiting;
    this.#waiting.set(task.id, waiting);
    const vm = this.#vmOf(task);
    if (vm !== undefined) this.#world.put({ kind: 'vm', value: { ...vm, heldBy: task.id } });
    this.#show(waiting);
  }

  #show({ task, action, endsAt }: Waiting): void {
    const begun = task.startedAt ?? 0;
    const passed = this.#world.now - begun;
    const share = Math.min(1, passed / (endsAt - begun));
    const { vmName } = task.subject;
    const detail =
      action.verb === 'suspend'
        ? `Saving the memory of ${vmName}: ${Math.round(share * 2048)} MiB of 2048 MiB are dealt with`
        : `Waiting for ${vmName} to ${action.verb === 'reboot' ? 'start anew' : 'shut down'}: ${Math.floor(passed / 1000)} s of at most ${Math.round((endsAt - begun) / 1000)} s`;
    this.#world.put({ kind: 'task', value: { ...task, progress: { share, detail } } });
  }

  #succeed(task: Task, action: VmAction): void {
    this.#end(task, { state: 'succeeded', outcome: `${task.title}: done.` }, changeBy(action));
  }

  #end(task: Task, end: Partial<Task>, change: Partial<Vm> | 'gone' = {}): void {
    this.#waiting.delete(task.id);
    const vm = this.#vmOf(task);
    const value: Task = {
      ...task,
      ...end,
      finishedAt: this.#world.now,
      steps: task.steps.map((step) => ({ ...step, state: end.state === 'succeeded' ? 'done' : 'failed' })),
    };
    if (!hasEnded(value.state)) throw new Error('a task of the fake cluster must end');
    this.#world.put({ kind: 'task', value });
    if (vm === undefined) return;
    const { heldBy: _holder, ...free } = vm;
    if (change === 'gone') this.#world.put({ kind: 'vm-gone', id: vm.id });
    else this.#world.put({ kind: 'vm', value: { ...free, ...change } });
  }

  #vmOf({ subject: { vmId } }: Task): Vm | undefined {
    return vmId === undefined ? undefined : this.#world.vms.get(vmId);
  }
}

function titleOf(vm: Vm, action: VmAction): string {
  const words = action.verb.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} ${vm.name}`;
}

function changeBy(action: VmAction): Partial<Vm> | 'gone' {
  switch (action.verb) {
    case 'start':
      return { state: 'active', reason: 'booted' };
    case 'pause':
      return { state: 'paused', reason: 'user' };
    case 'resume':
      return { state: 'active', reason: 'unpaused' };
    case 'suspend':
      return { state: 'suspended', reason: 'saving' };
    case 'restore':
      return { state: 'active', reason: 'restored' };
    case 'discard':
      return { state: 'inactive', reason: 'saving' };
    case 'shut-down':
      return { state: 'inactive', reason: 'shutdown' };
    case 'force-off':
      return { state: 'inactive', reason: 'destroyed' };
    case 'reboot':
    case 'reset':
      return { state: 'active', reason: 'booted' };
    case 'rename':
      return { name: action.name };
    case 'autostart':
      return { autostart: action.on };
    case 'undefine':
      return 'gone';
    default:
      return action satisfies never;
  }
}
