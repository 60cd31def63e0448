import { useLocation } from 'wouter';
import { toDroverError } from '#shared/contract/client.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import { canCancel } from '#shared/rules/canCancel.ts';
import { canRetry } from '#shared/rules/canRetry.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import type { ActionGroup, MenuAction, ObjectMenu } from '../../ui/ActionMenu.tsx';
import { freshKey } from '../freshKey.ts';
import { migrationHref, taskHref, vmHref } from '../inventory.ts';
import { giveOrder, useRefusedOrder } from '../orders.ts';

/** Asks the same again; shows the task that is made of it. What stands in its way is shown by the frame. */
export function useRetry(): (task: Task) => Promise<void> {
  const client = useClient();
  const [, navigate] = useLocation();
  return async (task) => {
    try {
      const { taskId } = await client.tasks.retry({ taskId: task.id, idempotencyKey: freshKey() });
      navigate(task.kind === 'migration' ? migrationHref(taskId) : `/activity/${encodeURIComponent(taskId)}`);
    } catch (thrown) {
      useRefusedOrder.setState({ error: toDroverError(thrown).toData() });
    }
  };
}

/** Everything that can be done with a task, for its row, its pane and the palette. */
export function useTaskMenu(): (task: Task) => ObjectMenu {
  const client = useClient();
  const vms = useLive((model) => model.vms);
  const retry = useRetry();
  const [path, navigate] = useLocation();
  return (task) => {
    const { vmId, vmName } = task.subject;
    const show: MenuAction[] = [];
    if (task.kind === 'migration' && path !== migrationHref(task.id)) {
      show.push({
        key: 'six-steps',
        words: hasEnded(task.state) ? 'Show its six steps' : 'Watch its six steps',
        title: `Six steps: ${task.title}`,
        run: () => navigate(migrationHref(task.id)),
      });
    }
    if (path !== taskHref(task)) {
      show.push({
        key: 'log',
        words: 'Show its log',
        title: `Log: ${task.title}`,
        run: () => navigate(taskHref(task)),
      });
    }
    if (vmId !== undefined && vms.has(vmId)) {
      show.push({
        key: 'vm',
        words: `Show ${vmName ?? 'its VM'}`,
        title: `Show ${vmName ?? 'its VM'}`,
        run: () => navigate(vmHref(vmId)),
      });
    }
    const groups: readonly ActionGroup[] = [
      { key: 'show', actions: show },
      {
        key: 'task',
        actions: [
          {
            key: 'cancel',
            words: 'Cancel it',
            title: `Cancel: ${task.title}`,
            verdict: canCancel(task),
            destructive: true,
            run: () => void giveOrder(() => client.tasks.cancel({ taskId: task.id })),
          },
          {
            key: 'retry',
            words: 'Try it again',
            title: `Try again: ${task.title}`,
            verdict: canRetry(task),
            run: () => void retry(task),
          },
        ],
      },
    ];
    return { name: task.title, groups };
  };
}
