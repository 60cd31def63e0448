import { create } from 'zustand';
import { toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { TaskId } from '#shared/model/ids.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { Session } from '../../transport/session.ts';

/** One of many things to do: the same verb for another object. */
export interface BulkWork {
  readonly key: string;
  readonly name: string;
  /** Only so many at once in a lane: the host that has the work. */
  readonly lane: string;
  /** Done when it resolves, or with the task that it gives. */
  readonly give: () => Promise<{ readonly taskId?: TaskId }>;
}

export interface BulkItem {
  readonly key: string;
  readonly name: string;
  /** `left`: not begun, since the operator stopped the rest. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'undecided' | 'left';
  readonly taskId?: TaskId;
  /** Why it failed. */
  readonly error?: ErrorData;
  /** How its task says it ended. */
  readonly outcome?: string;
}

export interface BulkOrder {
  readonly id: number;
  /** "Start 5 VMs" */
  readonly title: string;
  readonly items: readonly BulkItem[];
  readonly stopped: boolean;
}

export interface Pace {
  readonly atOnce: number;
  readonly perLane: number;
}

/** Newest first; each stays until it is closed. By the list it was given in. */
export const useBulkOrders = create<{ readonly orders: ReadonlyMap<string, readonly BulkOrder[]> }>()(() => ({
  orders: new Map(),
}));

let lastId = 0;

/**
 * Gives the orders, some at a time, and keeps how each one ends. One that fails stops none of the others. They are given
 * by this page: those not yet begun are lost with it.
 */
export async function giveBulk(
  session: Pick<Session, 'client' | 'live'>,
  list: string,
  title: string,
  works: readonly BulkWork[],
  pace: Pace,
): Promise<void> {
  lastId += 1;
  const id = lastId;
  const items = works.map(({ key, name }): BulkItem => ({ key, name, state: 'waiting' }));
  setOrders(list, (orders) => [{ id, title, items, stopped: false }, ...orders]);
  const waiting = [...works];
  const busy = new Map<string, number>();
  const running = new Set<Promise<void>>();
  const next = (): BulkWork | undefined => {
    const index = waiting.findIndex((work) => (busy.get(work.lane) ?? 0) < pace.perLane);
    return index === -1 ? undefined : waiting.splice(index, 1)[0];
  };
  for (;;) {
    if (isStopped(list, id)) break;
    const work = running.size < pace.atOnce ? next() : undefined;
    if (work !== undefined) {
      busy.set(work.lane, (busy.get(work.lane) ?? 0) + 1);
      const ended = giveOne(session, list, id, work).then(() => {
        busy.set(work.lane, (busy.get(work.lane) ?? 1) - 1);
        running.delete(ended);
      });
      running.add(ended);
    } else if (running.size > 0) await Promise.race(running);
    else break;
  }
  for (const { key } of waiting) setItem(list, id, key, { state: 'left' });
  await Promise.all(running);
}

async function giveOne(
  session: Pick<Session, 'client' | 'live'>,
  list: string,
  id: number,
  { key, give }: BulkWork,
): Promise<void> {
  setItem(list, id, key, { state: 'running' });
  try {
    const { taskId } = await give();
    if (taskId === undefined) return setItem(list, id, key, { state: 'done' });
    setItem(list, id, key, { taskId });
    setItem(list, id, key, endingOf(await endOf(session, taskId)));
  } catch (thrown) {
    setItem(list, id, key, { state: 'failed', error: toDroverError(thrown).toData() });
  }
}

function endingOf(task: Task): Partial<BulkItem> {
  const outcome = task.outcome === undefined ? {} : { outcome: task.outcome };
  if (task.state === 'succeeded') return { state: 'done', ...outcome };
  if (task.state === 'undecided') return { state: 'undecided', ...outcome };
  return { state: 'failed', ...outcome, ...(task.error === undefined ? {} : { error: task.error }) };
}

const isOver = (task: Task): boolean => hasEnded(task.state) || task.state === 'undecided';

/** How a task ends. The page is told of tasks as they change, but may have forgotten one that ended among many others. */
function endOf({ client, live }: Pick<Session, 'client' | 'live'>, taskId: TaskId): Promise<Task> {
  return new Promise((resolve, reject) => {
    let seen = false;
    const settle = (task: Task): void => {
      if (!isOver(task)) return;
      unsubscribe();
      resolve(task);
    };
    const ask = (): void => void client.tasks.get({ taskId }).then(settle, fail);
    const fail = (thrown: unknown): void => {
      // Out of reach just now: it is told again once the backend is back.
      if (live.getState().freshness !== 'live') return;
      unsubscribe();
      reject(thrown);
    };
    const unsubscribe = live.subscribe((model, before) => {
      const task = model.tasks.get(taskId);
      if (task !== undefined) {
        seen = true;
        settle(task);
      } else if (seen || before.freshness !== model.freshness) ask();
    });
    const told = live.getState().tasks.get(taskId);
    if (told !== undefined && isOver(told)) settle(told);
    else ask();
  });
}

function isStopped(list: string, id: number): boolean {
  const order = useBulkOrders
    .getState()
    .orders.get(list)
    ?.find((each) => each.id === id);
  return order === undefined || order.stopped;
}

function setItem(list: string, id: number, key: string, change: Partial<BulkItem>): void {
  changeOrder(list, id, (order) => ({
    ...order,
    items: order.items.map((item) => (item.key === key ? { ...item, ...change } : item)),
  }));
}

function changeOrder(list: string, id: number, change: (order: BulkOrder) => BulkOrder): void {
  setOrders(list, (orders) => orders.map((order) => (order.id === id ? change(order) : order)));
}

function setOrders(list: string, change: (orders: readonly BulkOrder[]) => readonly BulkOrder[]): void {
  useBulkOrders.setState(({ orders }) => ({
    orders: new Map(orders).set(list, change(orders.get(list) ?? [])),
  }));
}

/** What has begun goes on; the rest is left. */
export function stopBulk(list: string, id: number): void {
  changeOrder(list, id, (order) => ({ ...order, stopped: true }));
}

/** It was read. */
export function closeBulk(list: string, id: number): void {
  setOrders(list, (orders) => orders.filter((order) => order.id !== id));
}

export function forgetBulk(): void {
  useBulkOrders.setState({ orders: new Map() });
}
