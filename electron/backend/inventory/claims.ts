import { DroverError } from '#shared/contract/errors.ts';
import type { HostId, TaskId, VmId } from '#shared/model/ids.ts';
import type { Claim } from '#shared/model/plan.ts';

export interface HeldClaim {
  readonly taskId: TaskId;
  readonly title: string;
  readonly claim: Claim;
  /** Of a claim on memory, what the host's own figure of what is free shows already: it is not to be counted twice. */
  readonly shownMiB?: number;
}

/**
 * One ledger of what running tasks hold. What is exclusive (a VM, a name) is refused here; what is counted (memory,
 * CPU, bytes, rates) is added up in views, where plans see it as spent. Claims die with their task.
 */
export class ClaimLedger {
  readonly #held = new Map<TaskId, readonly HeldClaim[]>();
  /** Memory that has arrived, by task and host: as the task says, and as far as the host's last figure shows it. */
  readonly #arrived = new Map<TaskId, ReadonlyMap<HostId, number>>();
  readonly #shown = new Map<TaskId, ReadonlyMap<HostId, number>>();
  readonly #listeners = new Set<() => void>();

  /**
   * All or nothing; throws `claimed` naming the task that holds what is asked for. What the task holds from which this
   * one takes over is no obstacle: that one is about to end.
   */
  claim(taskId: TaskId, title: string, claims: readonly Claim[], takesOverFrom?: TaskId): void {
    for (const claim of claims) {
      const other = this.all().find(
        (held) => held.taskId !== taskId && held.taskId !== takesOverFrom && excludes(held.claim, claim),
      );
      if (other !== undefined) {
        throw new DroverError({
          code: 'claimed',
          tried: title,
          cause: `the task "${other.title}" is working on it`,
          next: 'Wait for that task, or cancel it in Activity',
          details: { taskId: other.taskId },
        });
      }
    }
    this.restore(taskId, title, claims);
  }

  /** What was granted before Drover ended is held again, whoever else holds it. */
  restore(taskId: TaskId, title: string, claims: readonly Claim[]): void {
    this.#held.set(
      taskId,
      claims.map((claim) => ({ taskId, title, claim })),
    );
    this.#tell();
  }

  release(taskId: TaskId): void {
    this.#arrived.delete(taskId);
    this.#shown.delete(taskId);
    if (this.#held.delete(taskId)) this.#tell();
  }

  /** So much of the memory that a task claims of a host is in use there by now. */
  arrived(taskId: TaskId, host: HostId, memoryMiB: number): void {
    if (this.#held.has(taskId))
      this.#arrived.set(taskId, withHost(this.#arrived.get(taskId), host, memoryMiB));
  }

  /**
   * Before a host is asked what it has free. The returned function is called with its answer: what had arrived when it
   * was asked is in that figure, what has arrived since is not.
   */
  askingWhatIsFree(host: HostId): () => void {
    const arrived = [...this.#arrived].map(([taskId, hosts]) => ({
      taskId,
      memoryMiB: hosts.get(host) ?? 0,
    }));
    return () => {
      for (const { taskId, memoryMiB } of arrived) {
        if (this.#held.has(taskId))
          this.#shown.set(taskId, withHost(this.#shown.get(taskId), host, memoryMiB));
      }
    };
  }

  all(): readonly HeldClaim[] {
    return [...this.#held.values()].flat().map((held) => {
      const { claim, taskId } = held;
      const shownMiB = claim.kind === 'host-memory' ? this.#shown.get(taskId)?.get(claim.hostId) : undefined;
      return shownMiB === undefined ? held : { ...held, shownMiB };
    });
  }

  holderOf(vm: VmId): TaskId | undefined {
    for (const [taskId, held] of this.#held) {
      if (held.some(({ claim }) => claim.kind === 'vm' && claim.vmId === vm)) return taskId;
    }
    return undefined;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function withHost(
  hosts: ReadonlyMap<HostId, number> | undefined,
  host: HostId,
  memoryMiB: number,
): ReadonlyMap<HostId, number> {
  return new Map(hosts).set(host, memoryMiB);
}

function excludes(held: Claim, asked: Claim): boolean {
  if (held.kind === 'vm' && asked.kind === 'vm') return held.vmId === asked.vmId;
  if (held.kind === 'name' && asked.kind === 'name') {
    return held.clusterId === asked.clusterId && held.name === asked.name;
  }
  return false;
}
