import type { Command } from 'commander';
import { taskId } from '#shared/model/ids.ts';
import { millisecondsInWords } from '#shared/model/quantityWords.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Run } from '../command.ts';
import { followTask, requireCancelled } from '../followTask.ts';
import { table } from '../output.ts';
import { parseCount } from '../quantities.ts';

export function taskCommands(program: Command, run: Run): void {
  const task = program.command('task').description('what was asked of Drover, by whom and how it went');

  task
    .command('list')
    .description('the latest tasks, newest first')
    .option('--limit <count>', 'how many', parseCount, 30)
    .action((options: { readonly limit: number }) =>
      run(async ({ session, output }) => {
        const tasks = await session.client.tasks.list({ limit: options.limit });
        output.result(
          tasks,
          tasks.length === 0
            ? 'Nothing has been asked of Drover yet.'
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
