import Button from '@mui/material/Button';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { VmStanding } from '#shared/model/event.ts';
import { hasEnded } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { HistoryTask, VmChange, VmHistoryEntry } from '#shared/model/vmHistory.ts';
import { useClient, useLive } from '../../transport/hooks.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { formatDuration, formatTimeOfDay } from '../../ui/format.ts';
import { type Shape, StateChip, StateShape } from '../../ui/StateChip.tsx';
import { vmState } from '../../ui/states.ts';
import { useAnswer, useOrder } from '../../ui/useAsk.ts';
import { useClusterNow } from '../clusters/simulatedTime.ts';
import { migrationHref, taskHref } from '../inventory.ts';
import { requesterText } from '../tasks/Requester.tsx';
import { byDay, dayInWords, type HistoryPages, withNewest, withOlder } from './historyPages.ts';
import styles from './VmHistory.module.css';

const pageLength = 100;

/** What happened to it, who asked for it, and when nobody watched; newest first, by its cluster's clock. */
export function VmHistory({ vm }: { readonly vm: Vm }) {
  const client = useClient();
  const now = useClusterNow(vm.clusterId, 60_000);
  const [pages, setPages] = useState<HistoryPages>();
  const newest = useAnswer(useWhatHappens(vm), (signal) =>
    client.vms.history({ vmId: vm.id, limit: pageLength }, { signal }),
  );
  useEffect(() => {
    const { value } = newest;
    if (value !== undefined) setPages((known) => withNewest(known, value));
  }, [newest]);
  const older = useOrder(async (before: number) => {
    const page = await client.vms.history({ vmId: vm.id, limit: pageLength, before });
    setPages((known) => (known === undefined ? page : withOlder(known, page)));
  });
  const before = pages?.before;
  return (
    <section className={styles.history} aria-label="History">
      {newest.error !== undefined && <ErrorNotice error={newest.error} />}
      {pages === undefined && newest.error === undefined && (
        <p className={styles.quiet} role="status">
          Reading what happened to {vm.name}…
        </p>
      )}
      {pages?.entries.length === 0 && (
        <p className={styles.quiet}>
          Nothing yet. States, moves and who asked for them appear here as they happen.
        </p>
      )}
      {byDay(pages?.entries ?? []).map(({ day, entries }) => (
        <section key={day} className={styles.day} aria-label={dayInWords(day, now)}>
          <h4>{dayInWords(day, now)}</h4>
          <ol className={styles.entries}>
            {entries.map((entry) => (
              <Entry key={keyOf(entry)} vm={vm} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      {older.error !== undefined && <ErrorNotice error={older.error} />}
      {before !== undefined && (
        <Button variant="outlined" disabled={older.pending} onClick={() => void older.run(before)}>
          {older.pending ? 'Reading…' : 'Show what was before'}
        </Button>
      )}
    </section>
  );
}

/** Another text whenever something happened to the VM that the history may tell. */
function useWhatHappens({ id, state, reason, hostId, heldBy, current }: Vm): string {
  const tasks = useLive((model) => model.tasks);
  const about = [...tasks.values()].filter(({ subject }) => subject.vmId === id);
  return JSON.stringify([
    [id, state, reason, hostId, heldBy, current],
    about.map((task) => `${task.id} ${task.state}`),
  ]);
}

function keyOf(entry: VmHistoryEntry): string {
  return entry.kind === 'task' ? entry.task.id : JSON.stringify(entry);
}

function Entry({ vm, entry }: { readonly vm: Vm; readonly entry: VmHistoryEntry }) {
  switch (entry.kind) {
    case 'task':
      return (
        <Line at={entry.at} shape={shapeOf(vm, entry)}>
          <TaskWords vm={vm} task={entry.task} changes={entry.changes} />
        </Line>
      );
    case 'change':
      return (
        <Line at={entry.at} shape={stateOf(vm, entry.change.to).shape}>
          <p>
            <Change vm={vm} change={entry.change} />
          </p>
          <p
            className={styles.quiet}
            title="Nobody asked this Drover for it: the guest did it itself, or somebody on the host or at another console."
          >
            Not by Drover
          </p>
        </Line>
      );
    case 'seen':
      return (
        <Line at={entry.at} shape={stateOf(vm, entry.standing).shape}>
          <p>
            First seen by Drover on {entry.standing.hostName}:{' '}
            {stateOf(vm, entry.standing).word.toLowerCase()}
          </p>
        </Line>
      );
    case 'gone':
      return (
        <Line at={entry.at} shape="unknown">
          <p>{entry.from.hostName} has it no more</p>
        </Line>
      );
    case 'gap':
      return (
        <Line at={entry.at} shape="unknown" isGap>
          <p>
            Drover was not watching {entry.hostName} from {momentIn(entry.since, entry.at)} to{' '}
            {formatTimeOfDay(entry.at, 'seconds')} ({formatDuration(entry.at - entry.since).text})
          </p>
          <p className={styles.quiet}>What happened in between is only known by how it was found.</p>
        </Line>
      );
    default:
      return entry satisfies never;
  }
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** The time of day alone where it is the same day. */
function momentIn(at: number, until: number): string {
  const sameDay = new Date(at).toDateString() === new Date(until).toDateString();
  return sameDay ? formatTimeOfDay(at, 'seconds') : dayAndTime.format(at);
}

function Line({
  at,
  shape,
  isGap = false,
  children,
}: {
  readonly at: number;
  readonly shape: Shape;
  readonly isGap?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <li className={styles.entry} data-gap={isGap}>
      <time dateTime={new Date(at).toISOString()}>{formatTimeOfDay(at, 'seconds')}</time>
      <span className={styles.rail}>
        <StateShape shape={shape} />
      </span>
      <div className={styles.text}>{children}</div>
    </li>
  );
}

function TaskWords({
  vm,
  task,
  changes,
}: {
  readonly vm: Vm;
  readonly task: HistoryTask;
  readonly changes: readonly VmChange[];
}) {
  const net = netChange(changes);
  const href = task.kind === 'migration' ? migrationHref(task.id) : taskHref(task);
  return (
    <>
      <p className={styles.title}>
        <Link href={href}>{task.title}</Link>
        {task.state !== 'succeeded' && <span className={styles.quiet}>{words[task.state]}</span>}
      </p>
      {net !== undefined && (
        <p>
          <Change vm={vm} change={net} />
        </p>
      )}
      {task.error !== undefined && <p className={styles.bad}>{task.error.message}</p>}
      <p className={styles.quiet} title={task.requestedBy.why}>
        {requesterText(task)}
        {task.requestedBy.why === undefined ? '' : `: ${task.requestedBy.why}`}
      </p>
    </>
  );
}

const words: Readonly<Record<HistoryTask['state'], string>> = {
  queued: 'waits',
  running: 'under way',
  cancelling: 'is being cancelled',
  recovering: 'is being recovered',
  undecided: 'undecided',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** What a task came to: a move's stop and start in between are in its own picture. */
function netChange(changes: readonly VmChange[]): VmChange | undefined {
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const change = { at: last.at, from: first.from, to: last.to };
  const isSame = change.from.hostId === change.to.hostId && change.from.state === change.to.state;
  return isSame && changes.length > 1 ? undefined : change;
}

function Change({ vm, change: { from, to } }: { readonly vm: Vm; readonly change: VmChange }) {
  const { shape, word, detail } = stateOf(vm, to);
  const moved = from.hostId !== to.hostId;
  if (moved && from.state === to.state) return <Moved from={from} to={to} />;
  return (
    <>
      {moved && (
        <>
          <Moved from={from} to={to} />,{' '}
        </>
      )}
      {from.state !== to.state && (
        <span className={styles.quiet}>{stateOf(vm, from).word.toLowerCase()} to </span>
      )}
      <StateChip shape={shape} word={word} />
      {detail !== undefined && <span className={styles.quiet}>: {detail}</span>}
    </>
  );
}

function Moved({ from, to }: { readonly from: VmStanding; readonly to: VmStanding }) {
  return (
    <>
      from {from.hostName} to <strong>{to.hostName}</strong>
    </>
  );
}

function stateOf(vm: Vm, { state, reason }: VmStanding) {
  return vmState({ ...vm, state, reason });
}

function shapeOf(vm: Vm, { task, changes }: Extract<VmHistoryEntry, { kind: 'task' }>): Shape {
  if (!hasEnded(task.state)) return task.state === 'undecided' ? 'unknown' : 'moving';
  if (task.state === 'failed') return 'failed';
  const last = changes.at(-1);
  if (task.kind === 'migration' && task.state === 'succeeded') return 'done';
  return last === undefined ? (task.state === 'cancelled' ? 'inactive' : 'done') : stateOf(vm, last.to).shape;
}
