import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { type ActivityEntry, placeOf as timeOf } from '#shared/model/activity.ts';
import type { ActivityEvent } from '#shared/model/event.ts';
import type { Task } from '#shared/model/task.ts';
import { ActionMenu, type MenuPlace, MenuTrigger, nameOf, placeOf } from '../../ui/ActionMenu.tsx';
import { formatDateAndTime, formatDuration, formatTimeOfDay } from '../../ui/format.ts';
import { Quantity } from '../../ui/Quantity.tsx';
import { StateChip } from '../../ui/StateChip.tsx';
import { taskState } from '../../ui/states.ts';
import type { useOpened } from '../../ui/useViewState.ts';
import { useWidth } from '../../ui/useWidth.ts';
import { taskHref } from '../inventory.ts';
import styles from './ActivityTable.module.css';
import { dayName, dayStart } from './activityView.ts';
import { eventHref, eventStates } from './eventState.ts';
import { requesterText } from './Requester.tsx';
import { useTaskMenu } from './useTaskMenu.ts';

interface OpenMenu {
  readonly id: string;
  readonly place: MenuPlace;
}

/** Below these widths a column gives way; what it says is in the detail pane. */
const roomFor = { said: 640, who: 960, took: 540 } as const;
type Room = Readonly<Record<keyof typeof roomFor, boolean>>;

/** One line of time, newest first, a heading for each day. */
export function ActivityTable({
  entries,
  now,
  opened,
  empty,
  end,
}: {
  readonly entries: readonly ActivityEntry[];
  readonly now: number;
  readonly opened: ReturnType<typeof useOpened>;
  readonly empty: ReactNode;
  /** Below the last row. */
  readonly end: ReactNode;
}) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [menu, setMenu] = useState<OpenMenu>();
  const menuOf = useTaskMenu();
  const fits = (name: keyof typeof roomFor): boolean => width === 0 || width >= roomFor[name];
  const room: Room = { said: fits('said'), who: fits('who'), took: fits('took') };
  const columns = 4 + Number(room.said) + Number(room.who) + Number(room.took);
  const menuTask = entries.find((entry) => entry.kind === 'task' && entry.task.id === menu?.id);
  return (
    <div ref={frame} className={styles.frame}>
      <table className={styles.table} aria-label="Activity">
        <colgroup>
          <col style={{ width: 78 }} />
          <col />
          <col style={{ width: 122 }} />
          {room.said && <col />}
          {room.who && <col style={{ width: 196 }} />}
          {room.took && <col style={{ width: 84 }} />}
          <col style={{ width: 44 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">What</th>
            <th scope="col">State</th>
            {room.said && <th scope="col">How it stands</th>}
            {room.who && <th scope="col">Asked by</th>}
            {room.took && (
              <th scope="col" className={styles.right}>
                Took
              </th>
            )}
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        {daysOf(entries).map(([day, ofDay]) => (
          <tbody key={day}>
            <tr className={styles.day}>
              <th scope="rowgroup" colSpan={columns}>
                {dayName(day, now)}
              </th>
            </tr>
            {ofDay.map((entry) =>
              entry.kind === 'task' ? (
                <TaskRow
                  key={entry.task.id}
                  task={entry.task}
                  now={now}
                  room={room}
                  opened={opened}
                  menuOpen={menu?.id === entry.task.id}
                  menuName={nameOf({ name: entry.task.title, groups: [] })}
                  onMenu={(place) => setMenu({ id: entry.task.id, place })}
                />
              ) : (
                <EventRow key={entry.event.id} event={entry.event} room={room} />
              ),
            )}
          </tbody>
        ))}
      </table>
      {entries.length === 0 ? empty : <div className={styles.end}>{end}</div>}
      {menu !== undefined && menuTask?.kind === 'task' && (
        <ActionMenu menu={menuOf(menuTask.task)} place={menu.place} onClose={() => setMenu(undefined)} />
      )}
    </div>
  );
}

function daysOf(entries: readonly ActivityEntry[]): readonly (readonly [number, readonly ActivityEntry[]])[] {
  const days = new Map<number, ActivityEntry[]>();
  for (const entry of entries) {
    const day = dayStart(timeOf(entry).at, 0);
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [entry]);
    else ofDay.push(entry);
  }
  return [...days];
}

function Time({ at }: { readonly at: number }) {
  return (
    <td className={styles.time}>
      <time dateTime={new Date(at).toISOString()} title={formatDateAndTime(at)}>
        {formatTimeOfDay(at, 'seconds')}
      </time>
    </td>
  );
}

function TaskRow({
  task,
  now,
  room,
  opened,
  menuOpen,
  menuName,
  onMenu,
}: {
  readonly task: Task;
  readonly now: number;
  readonly room: Room;
  readonly opened: ReturnType<typeof useOpened>;
  readonly menuOpen: boolean;
  readonly menuName: string;
  readonly onMenu: (place: MenuPlace) => void;
}) {
  const { shape, word, detail } = taskState(task);
  const selected = opened.id === task.id;
  const said = standing(task);
  const took = tookMs(task, now);
  return (
    // The link is what the keyboard reaches; clicking anywhere in the row is a convenience.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <tr
      className={selected ? styles.selected : styles.task}
      aria-current={selected ? 'true' : undefined}
      onClick={(event) => {
        if (!event.defaultPrevented) opened.open(taskHref(task));
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(placeOf(event));
      }}
    >
      <Time at={task.createdAt} />
      <td>
        <Link
          href={opened.href(taskHref(task))}
          className={styles.name}
          title={task.title}
          onClick={(event) => event.stopPropagation()}
        >
          {task.title}
        </Link>
      </td>
      <td>
        <StateChip shape={shape} word={word} title={task.error?.message ?? detail} />
      </td>
      {room.said && <td title={said}>{said}</td>}
      {room.who && <td title={task.requestedBy.why}>{requesterText(task)}</td>}
      {room.took && (
        <td className={styles.right}>
          {took === undefined ? 'not begun' : <Quantity value={formatDuration(took)} />}
        </td>
      )}
      <td className={styles.menu}>
        <MenuTrigger name={menuName} open={menuOpen} onOpen={onMenu} />
      </td>
    </tr>
  );
}

/** An event is told whole in its row; its name leads to what it is about. */
function EventRow({ event, room }: { readonly event: ActivityEvent; readonly room: Room }) {
  const [shape, word] = eventStates[event.kind];
  const [, what = event.text, why] = /^(.*?): (.*)$/s.exec(event.text) ?? [];
  const href = eventHref(event);
  return (
    <tr className={styles.event}>
      <Time at={event.at} />
      <td>
        {href === undefined ? (
          <span title={event.text}>{what}</span>
        ) : (
          <Link href={href} title={event.text}>
            {what}
          </Link>
        )}
      </td>
      <td className={styles.still}>
        <StateChip shape={shape} word={word} />
      </td>
      {room.said && (
        <td className={styles.quiet} title={why}>
          {event.taskId === undefined ? (
            (why ?? 'seen on its host')
          ) : (
            <Link href={`/activity/${encodeURIComponent(event.taskId)}`}>by its task</Link>
          )}
        </td>
      )}
      {room.who && <td />}
      {room.took && <td />}
      <td />
    </tr>
  );
}

/** Why, and what to do, where it failed; else how it ended, else what it is doing. */
function standing(task: Task): string {
  const ending = task.state === 'failed' ? (task.error?.next ?? task.outcome) : task.outcome;
  return ending ?? task.progress?.detail ?? '';
}

function tookMs(task: Task, now: number): number | undefined {
  return task.startedAt === undefined ? undefined : Math.max(0, (task.finishedAt ?? now) - task.startedAt);
}
