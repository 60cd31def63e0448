import Button from '@mui/material/Button';
import type { ErrorData } from '#shared/contract/errors.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { canUse } from '#shared/rules/canAct.ts';
import { surroundingsOf } from '#shared/rules/surroundings.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import { openDialog } from '../dialogs.ts';
import { CancelTask } from '../tasks/CancelTask.tsx';
import { UndecidedNotice } from '../tasks/UndecidedNotice.tsx';
import styles from './VmPane.module.css';
import { dismissOrder, orderVm, type VmOrder } from './vmOrders.ts';
import { useVmWork } from './vmWork.ts';

/** What is being done to the VM, how far it is, and how it is stopped; or why the last thing asked for failed. */
export function VmNotices({ vm }: { readonly vm: Vm }) {
  const { task, failed } = useVmWork(vm);
  if (task?.state === 'undecided') return <UndecidedNotice task={task} />;
  if (task !== undefined && !hasEnded(task.state) && task.kind !== 'migration') return <Doing task={task} />;
  if (failed === undefined) return null;
  const error = failed.order.error ?? failed.task?.error;
  return error === undefined ? null : (
    <Failed vm={vm} order={failed.order} task={failed.task} error={error} />
  );
}

function Doing({ task }: { readonly task: Task }) {
  return (
    <div className={styles.doing} role="status">
      <span>{task.progress?.detail ?? `${task.title}…`}</span>
      <ProgressBar share={task.progress?.share} label={`Progress of ${task.title}`} />
      <CancelTask
        task={task}
        verb={task.kind === 'shut-down' || task.kind === 'reboot' ? 'Stop waiting' : 'Cancel'}
      />
    </div>
  );
}

function Failed({
  vm,
  order,
  task,
  error,
}: {
  readonly vm: Vm;
  readonly order: VmOrder;
  readonly task: Task | undefined;
  readonly error: ErrorData;
}) {
  const client = useClient();
  const hosts = useLive((model) => model.hosts);
  const around = surroundingsOf(vm, { hosts: hosts.values(), vms: [] });
  const isIgnored = error.code === 'guest-ignored' && around !== undefined;
  const next = order.action.verb === 'reboot' ? 'reset' : 'force-off';
  return (
    <ErrorNotice error={error}>
      {task?.outcome !== undefined && <p className={styles.stands}>{task.outcome}</p>}
      {isIgnored && canUse(vm, order.action.verb, around).allowed && (
        <Button variant="outlined" onClick={() => void orderVm(client, vm.id, order.action)}>
          Ask again
        </Button>
      )}
      {isIgnored && canUse(vm, next, around).allowed && (
        <Button
          variant="outlined"
          color="error"
          onClick={() => openDialog({ kind: 'confirm-vm', vmId: vm.id, verb: next })}
        >
          {next === 'reset' ? 'Reset…' : 'Force off…'}
        </Button>
      )}
      <Button onClick={() => dismissOrder(vm.id)}>Dismiss</Button>
    </ErrorNotice>
  );
}
