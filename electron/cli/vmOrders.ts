import { toDroverError } from '#shared/contract/client.ts';
import { DroverError, type ErrorData } from '#shared/contract/errors.ts';
import type { LiveState } from '#shared/model/live.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmAction } from '#shared/model/vmAction.ts';
import type { CommandContext } from './command.ts';
import { followTask, requireSuccess } from './followTask.ts';
import { findVm } from './names.ts';
import type { Output } from './output.ts';
import { type Session, settledState } from './session.ts';

export interface ActOptions {
  readonly why?: string;
  readonly detach?: boolean;
}

interface Outcome {
  /** As the VM is called; as it was asked for where there is none. */
  readonly vm: string;
  readonly task?: string;
  readonly state?: string;
  readonly said: string;
  readonly error?: ErrorData;
}

/** Throws where --detach would leave nobody to go on. */
export function requireSomebodyToGoOn(session: Session, tried: string, options: ActOptions): void {
  if (options.detach !== true || session.attached) return;
  throw new DroverError({
    code: 'refused-by-rule',
    tried,
    cause:
      'with --detach something must go on running, and no desktop app or server has this data folder open',
    next: 'Start "drover serve", or leave --detach out',
  });
}

/** One verb on one VM, whose failure is the command's; or on several, each with its outcome. */
export async function actOn(
  context: CommandContext,
  word: string,
  names: readonly string[],
  action: VmAction,
  options: ActOptions,
): Promise<void> {
  const { session, output, terminal, fail } = context;
  requireSomebodyToGoOn(session, `${capital(word)} VM ${names.join(', ')}`, options);
  const state = await settledState(session.client, terminal);
  const [only, ...more] = [...new Set(names)];
  if (only !== undefined && more.length === 0) {
    const {
      vm,
      said,
      task,
      state: now,
    } = await actOnOne(context, state, word, only, action, options, output);
    output.result({ vm, ...(now === undefined ? {} : { state: now }), task }, said);
    return;
  }
  const seen = new Set<string>();
  const distinct = [...new Set(names)].filter((name) => {
    const id = idOf(state, name);
    if (id === undefined) return true;
    return seen.size !== seen.add(id).size;
  });
  // One line that replaces itself cannot tell of several.
  const quiet: Output = { ...output, status: () => undefined };
  const outcomes = await Promise.all(
    distinct.map(async (name): Promise<Outcome> => {
      try {
        return await actOnOne(context, state, word, name, action, options, quiet);
      } catch (thrown) {
        const error = toDroverError(thrown).toData();
        return { vm: name, said: error.message, error };
      }
    }),
  );
  output.result(
    outcomes.map(({ said, error, ...rest }) =>
      error === undefined ? { ...rest, done: true, outcome: said } : { ...rest, done: false, error },
    ),
    outcomes
      .map(({ vm, said, error }) => `${error === undefined ? 'done    ' : 'not done'}  ${vm}: ${said}`)
      .join('\n'),
  );
  if (outcomes.some(({ error }) => error !== undefined)) fail();
}

function idOf(state: LiveState, name: string): string | undefined {
  try {
    return findVm(state, name, '').id;
  } catch {
    return undefined;
  }
}

async function actOnOne(
  { session, onInterrupt }: CommandContext,
  state: LiveState,
  word: string,
  name: string,
  action: VmAction,
  { why, detach }: ActOptions,
  output: Output,
): Promise<Outcome> {
  const vm = findVm(state, name, `${capital(word)} VM ${name}`);
  const { taskId } = await session.client.vms.act({
    vmId: vm.id,
    action,
    ...(why === undefined ? {} : { why }),
  });
  if (detach === true) return { vm: vm.name, task: taskId, said: `Task ${taskId} is at it.` };
  const task = requireSuccess(await followTask(session.client, taskId, output, onInterrupt));
  const now = await nowOf(session, vm);
  return {
    vm: now?.name ?? vm.name,
    task: taskId,
    ...(now === undefined ? {} : { state: now.state }),
    said: task.outcome ?? `${task.title}: done.`,
  };
}

async function nowOf(session: Session, vm: Vm): Promise<Vm | undefined> {
  return (await session.client.live.snapshot()).vms.find((each) => each.id === vm.id);
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
