import { DroverError } from '#shared/contract/errors.ts';
import type { TaskId, VmId } from '#shared/model/ids.ts';
import type { Claim } from '#shared/model/plan.ts';

export interface HeldClaim {
  readonly taskId: TaskId;
  readonly title: string;
  readonly claim: Claim;
}

/**
 * One ledger of what running tasks hold. What is exclusive (a VM, a name) is refused here; what is counted (memory,
 * CPU, bytes, rates) is added up in views, where plans see it as spent. Claims die with their task.
 */
export class ClaimLedger {
  readonly #held = new Map<TaskId, readonly HeldClaim[]>();
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
    if (this.#held.delete(taskId)) this.#tell();
  }

  all(): readonly HeldClaim[] {
    return [...this.#held.values()].flat();
  }

  holderOf(vm: VmId): TaskId | undefined {
    return this.all().find((held) => held.claim.kind === 'vm' && held.claim.vmId === vm)?.taskId;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function excludes(held: Claim, asked: Claim): boolean {
  if (held.kind === 'vm' && asked.kind === 'vm') return held.vmId === asked.vmId;
  if (held.kind === 'name' && asked.kind === 'name') {
    return held.clusterId === asked.clusterId && held.name === asked.name;
  }
  return false;
}
