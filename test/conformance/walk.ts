import fc from 'fast-check';
import { expect } from 'vitest';
import type { DroverClient } from '#shared/contract/client.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm, VmState } from '#shared/model/vm.ts';
import type { VmAction, VmVerb } from '#shared/model/vmAction.ts';
import { canUse } from '#shared/rules/canAct.ts';
import { surroundingsOf } from '#shared/rules/surroundings.ts';
import { until } from './stage.ts';

export type Stand = Exclude<VmState, 'unknown'>;
type Walked = Exclude<VmVerb, 'undefine' | 'rename' | 'autostart'>;

/** What an operator is promised, written down apart from the rules that are tested: absent is illegal. */
const moves: Readonly<Record<Walked, Partial<Readonly<Record<Stand, Stand>>>>> = {
  start: { inactive: 'active' },
  pause: { active: 'paused' },
  resume: { paused: 'active' },
  suspend: { active: 'suspended', paused: 'suspended' },
  restore: { suspended: 'active' },
  discard: { suspended: 'inactive' },
  'shut-down': { active: 'inactive' },
  'force-off': { active: 'inactive', paused: 'inactive' },
  reboot: { active: 'active' },
  reset: { active: 'active' },
};

/** A guest that still boots is deaf to its button, so whoever walks at random forces it off in the end. */
const shutDown: VmAction = { verb: 'shut-down', patienceSeconds: 5, whenIgnored: 'force-off' };

const step: fc.Arbitrary<VmAction> = fc.oneof(
  ...(Object.keys(moves) as Walked[])
    .filter((verb) => verb !== 'shut-down')
    .map((verb) => fc.constant<VmAction>({ verb })),
  fc.constant(shutDown),
);

export interface WalkInput {
  readonly client: DroverClient;
  readonly vmName: string;
  readonly walks: number;
  readonly stepsEach: number;
  /** The same walks each time; another seed in the long run. */
  readonly seed: number;
  /** By a witness that is not Drover. */
  readonly witness: () => Promise<Stand>;
  /** Waits until the running guest hears what it is asked, which it does not while it boots. */
  readonly hears: () => Promise<void>;
  /** Real; a simulated host is through with most steps in a few milliseconds. */
  readonly lookEveryMs?: number;
}

/** What was met so far. */
interface Path {
  legal: number;
  refused: number;
  /** It was suspended while it was paused, so it comes back paused. */
  savedPaused: boolean;
  /** It did, which libvirt tells as paused by a migration: it is resumed before anything is suspended again. */
  restoredPaused: boolean;
}

/** Random walks, legal and not: each step ends where it should, or is refused with the rule's reason and changes nothing. */
export async function walk(input: WalkInput): Promise<{ readonly legal: number; readonly refused: number }> {
  const told: Path = { legal: 0, refused: 0, savedPaused: false, restoredPaused: false };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: input.stepsEach, maxLength: input.stepsEach }),
      async (steps) => {
        for (const action of steps) await take(input, action, told);
      },
    ),
    // Every run begins where the last one ended, so a shorter one would be another walk.
    { numRuns: input.walks, seed: input.seed, endOnFailure: true },
  );
  return told;
}

async function take(input: WalkInput, action: VmAction, told: Path): Promise<void> {
  const { client } = input;
  const before = await vmOf(input);
  const from = before.state as Stand;
  const promised =
    told.restoredPaused && action.verb === 'suspend' ? undefined : moves[action.verb as Walked][from];
  const state = await client.live.snapshot();
  const around = surroundingsOf(before, state);
  if (around === undefined) throw new Error('the host of the VM is not known');
  const verdict = canUse(before, action.verb, around);
  const what = `${action.verb} while ${from}`;
  expect(verdict.allowed, `${what}: the rule`).toBe(promised !== undefined);
  if (promised === undefined) {
    const refusal: unknown = await client.vms.act({ vmId: before.id, action }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(refusal, what).toMatchObject({ data: { code: verdict.allowed ? '' : verdict.code } });
    expect((refusal as Error).message).toContain(verdict.allowed ? '' : verdict.reason);
    expect((await vmOf(input)).state, what).toBe(from);
    told.refused += 1;
    return;
  }
  const comesBack = action.verb === 'restore' && told.savedPaused ? 'paused' : promised;
  told.restoredPaused = comesBack === 'paused' && action.verb === 'restore';
  told.savedPaused = action.verb === 'suspend' && from === 'paused';
  if (action.verb === 'reboot') await input.hears();
  const { taskId } = await client.vms.act({ vmId: before.id, action });
  const task = await ended(input, taskId);
  expect(task.state, `${what}: ${task.error?.message}`).toBe('succeeded');
  expect((await vmOf(input)).state, what).toBe(comesBack);
  expect(await input.witness(), `${what}: the witness`).toBe(comesBack);
  told.legal += 1;
}

async function vmOf({ client, vmName, lookEveryMs }: WalkInput): Promise<Vm> {
  return await until(
    `${vmName} to be known and free`,
    async () => (await client.live.snapshot()).vms.find((vm) => vm.name === vmName),
    (vm) => vm?.current === true && vm.heldBy === undefined,
    lookEveryMs,
  ).then((vm) => {
    if (vm === undefined) throw new Error(`no VM ${vmName}`);
    return vm;
  });
}

async function ended({ client, lookEveryMs }: WalkInput, taskId: Task['id']): Promise<Task> {
  return await until(
    'the task to end',
    () => client.tasks.get({ taskId }),
    (task) => hasEnded(task.state),
    lookEveryMs,
  );
}
