import { type Command, InvalidArgumentError } from 'commander';
import { type ActivityFilter, type ActivityState, activityStates } from '#shared/model/activity.ts';
import { taskId } from '#shared/model/ids.ts';
import { millisecondsInWords } from '#shared/model/quantityWords.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Run } from '../command.ts';
import { followTask, requireCancelled, requireSuccess } from '../followTask.ts';
import { table } from '../output.ts';
import { parseCount } from '../quantities.ts';
import { settledState } from '../session.ts';
import { requireSomebodyToGoOn } from '../vmOrders.ts';

interface ListOptions {
  readonly limit: number;
  readonly state?: ActivityState;
  readonly kind?: string;
  readonly object?: string;
  readonly who?: string;
  readonly text?: string;
  readonly since?: number;
  readonly until?: number;
}

export function taskCommands(program: Command, run: Run): void {
  const task = program.command('task').description('what was asked of Drover, by whom and how it went');

  task
    .command('list')
    .description('the latest tasks, newest first')
    .option('--limit <count>', 'how many', parseCount, 30)
    .option('--state <state>', activityStates.join(', '), parseState)
    .option('--kind <kind>', 'migration, start, shut-down ...')
    .option('--object <name>', 'a part of the name of a VM or host')
    .option('--who <name>', 'a part of the name of whoever asked')
    .option('--text <words>', 'a part of its title, outcome, error or log')
    .option('--since <when>', 'begun at or after, such as 2026-11-24 or 2026-11-24T14:00', parseWhen)
    .option('--until <when>', 'begun before', parseWhen)
    .action(({ limit, ...words }: ListOptions) =>
      run(async ({ session, output }) => {
        const filter = filterOf(words);
        const tasks = await session.client.tasks.list({ limit, filter });
        output.result(
          tasks,
          tasks.length === 0
            ? Object.keys(filter).length === 0
              ? 'Nothing has been asked of Drover yet.'
              : 'No task is like that.'
            : table(
                ['task', 'what', 'state', 'who', 'started', 'took'],
                tasks.map((each) => [
                  each.id,
                  each.title,
                  each.state,
                  each.requestedBy.who,
                  new Date(each.createdAt).toISOString().replace('T', ' ').slice(0, 19),
                  took(each),
                ]),
              ),
        );
      }),
    );

  task
    .command('show')
    .description('one task with its steps and log')
    .argument('<task>')
    .action((id: string) =>
      run(async ({ session, output }) => {
        const found = await session.client.tasks.get({ taskId: taskId(id) });
        output.result(found, describe(found));
      }),
    );

  task
    .command('retry')
    .description('ask once more for what failed or was cancelled; it is planned anew')
    .argument('<task>')
    .option('--detach', 'do not wait for the end')
    .action((id: string, options: { readonly detach?: boolean }) =>
      run(async ({ session, output, terminal, onInterrupt }) => {
        const { client } = session;
        const { title } = await client.tasks.get({ taskId: taskId(id) });
        requireSomebodyToGoOn(session, title, options);
        // The hosts must have been heard from: nothing is planned on old news.
        await settledState(client, terminal);
        const again = await client.tasks.retry({ taskId: taskId(id) });
        const task =
          options.detach === true
            ? await client.tasks.get({ taskId: again.taskId })
            : requireSuccess(await followTask(client, again.taskId, output, onInterrupt));
        output.result(task, task.outcome ?? `${task.title}: ${task.state}.`);
      }),
    );

  task
    .command('cancel')
    .description('stop a task and take back what it did')
    .argument('<task>')
    .option('--detach', 'do not wait for the end')
    .action((id: string, options: { readonly detach?: boolean }) =>
      run(async ({ session, output, onInterrupt }) => {
        await session.client.tasks.cancel({ taskId: taskId(id) });
        const task =
          options.detach === true
            ? await session.client.tasks.get({ taskId: taskId(id) })
            : requireCancelled(await followTask(session.client, taskId(id), output, onInterrupt));
        output.result(task, task.outcome ?? `${task.title}: ${task.state}.`);
      }),
    );
}

function filterOf({ since, until, ...same }: Omit<ListOptions, 'limit'>): ActivityFilter {
  return {
    ...same,
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until }),
  };
}

function parseState(text: string): ActivityState {
  const found = activityStates.find((state) => state === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It is one of ${activityStates.join(', ')}.`);
}

/** By this machine's clock and zone. */
function parseWhen(text: string): number {
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  if (Number.isFinite(at)) return at;
  throw new InvalidArgumentError('Write a day or a moment, such as 2026-11-24 or 2026-11-24T14:00.');
}

function took(task: Task): string {
  if (task.startedAt === undefined) return '';
  return hasEnded(task.state) && task.finishedAt !== undefined
    ? millisecondsInWords(task.finishedAt - task.startedAt)
    : 'still running';
}

function describe(task: Task): string {
  return [
    `${task.title}: ${task.state}`,
    `asked by ${task.requestedBy.who} (${task.requestedBy.via})${task.requestedBy.why === undefined ? '' : `: ${task.requestedBy.why}`}`,
    ...(task.outcome === undefined ? [] : [task.outcome]),
    ...(task.error === undefined ? [] : [task.error.message]),
    ...task.warnings.map((warning) => `! ${warning}`),
    ...task.steps.map((step) => `  ${step.state.padEnd(8)} ${step.title}`),
    ...task.log.map((line) => `${new Date(line.at).toISOString().slice(11, 23)} ${line.text}`),
  ].join('\n');
}
