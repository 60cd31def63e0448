import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { DroverClient } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import { taskId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import { type LiveModel, nothingKnown } from '../../transport/liveModel.ts';
import { type BulkWork, forgetBulk, giveBulk, stopBulk, useBulkOrders } from './bulkOrders.ts';

function task(name: string, state: Task['state'], more: Partial<Task> = {}): Task {
  return {
    id: taskId(name),
    kind: 'start',
    title: `Start ${name}`,
    subject: { hostIds: [] },
    requestedBy: { who: 'ops', via: 'desktop' },
    state,
    createdAt: 0,
    steps: [],
    warnings: [],
    log: [],
    ...more,
  };
}

function stage() {
  const live = createStore<LiveModel>()(() => ({ ...nothingKnown, freshness: 'live' }));
  /** Tasks that only the backend still knows. */
  const journal = new Map<string, Task>();
  const get = vi.fn(
    async ({ taskId: id }: { readonly taskId: string }) => journal.get(id) ?? task(id, 'running'),
  );
  const client = { tasks: { get } } as unknown as DroverClient;
  const tell = (value: Task): void =>
    live.setState({ tasks: new Map(live.getState().tasks).set(value.id, value) });
  return { session: { client, live }, journal, tell };
}

const states = () =>
  Object.fromEntries(
    (useBulkOrders.getState().orders.get('list')?.[0]?.items ?? []).map((each) => [each.name, each.state]),
  );
const work = (name: string, lane = 'host'): BulkWork => ({
  key: name,
  name,
  lane,
  give: async () => ({ taskId: taskId(name) }),
});
const settle = () => vi.waitFor(() => expect(Object.values(states())).not.toContain('waiting'));

afterEach(forgetBulk);

describe('one order for many', () => {
  it('begins so many at once in a lane, and the next as one ends', async () => {
    const { session, tell } = stage();
    const works = [work('a1', 'a'), work('a2', 'a'), work('a3', 'a'), work('b1', 'b')];
    const all = giveBulk(session, 'list', 'Start 4 VMs', works, { atOnce: 8, perLane: 2 });
    expect(states()).toEqual({ a1: 'running', a2: 'running', a3: 'waiting', b1: 'running' });
    await vi.waitFor(() =>
      expect(useBulkOrders.getState().orders.get('list')?.[0]?.items[0]?.taskId).toBe('a1'),
    );
    tell(task('a1', 'succeeded'));
    await vi.waitFor(() => expect(states()['a3']).toBe('running'));
    for (const name of ['a2', 'a3', 'b1']) tell(task(name, 'succeeded'));
    await all;
    expect(states()).toEqual({ a1: 'done', a2: 'done', a3: 'done', b1: 'done' });
  });

  it('keeps the reason of each that fails, and goes on with the others', async () => {
    const { session, tell } = stage();
    const refusing: BulkWork = {
      ...work('refused'),
      give: async () => {
        throw new DroverError({ code: 'no-room', tried: 'Start refused', cause: 'no memory is left' });
      },
    };
    const all = giveBulk(
      session,
      'list',
      'Start',
      [refusing, work('fails'), work('unclear'), work('works')],
      {
        atOnce: 1,
        perLane: 1,
      },
    );
    tell(task('fails', 'failed', { error: { code: 'refused-by-rule', message: 'Its disk is gone.' } }));
    tell(task('unclear', 'undecided', { outcome: 'Its host does not answer.' }));
    tell(task('works', 'succeeded'));
    await all;
    expect(states()).toEqual({ refused: 'failed', fails: 'failed', unclear: 'undecided', works: 'done' });
    const items = useBulkOrders.getState().orders.get('list')?.[0]?.items ?? [];
    expect(items.map((item) => item.error?.message ?? item.outcome)).toEqual([
      expect.stringContaining('no memory is left'),
      'Its disk is gone.',
      'Its host does not answer.',
      undefined,
    ]);
  });

  it('asks after a task that the page has forgotten among many others', async () => {
    const { session, journal, tell } = stage();
    const all = giveBulk(session, 'list', 'Start', [work('quick')], { atOnce: 1, perLane: 1 });
    tell(task('quick', 'running'));
    journal.set('quick', task('quick', 'succeeded'));
    session.live.setState({ tasks: new Map() });
    await all;
    expect(states()).toEqual({ quick: 'done' });
  });

  it('leaves the rest where the operator says so; what has begun goes on', async () => {
    const { session, tell } = stage();
    const all = giveBulk(session, 'list', 'Start', [work('one'), work('two')], { atOnce: 1, perLane: 1 });
    stopBulk('list', useBulkOrders.getState().orders.get('list')?.[0]?.id ?? 0);
    tell(task('one', 'succeeded'));
    await all;
    await settle();
    expect(states()).toEqual({ one: 'done', two: 'left' });
  });
});
