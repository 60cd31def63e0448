import { describe, expect, it } from 'vitest';
import { hostId } from '#shared/model/ids.ts';
import type { LiveMessage, LivePatch, LiveState } from '#shared/model/live.ts';
import { ManualClock, settled } from '../clock/testing/manualClock.ts';
import { changeFeed, feedIntervalMs } from './changeFeed.ts';

const empty: LiveState = { clusters: [], hosts: [], vms: [], tasks: [], events: [] };
const gone = (name: string): LivePatch => ({ kind: 'host-gone', id: hostId(name) });

function feed() {
  const clock = new ManualClock();
  const listeners = new Set<(patches: readonly LivePatch[]) => void>();
  const abort = new AbortController();
  const messages = changeFeed(
    () => empty,
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clock,
    abort.signal,
  );
  const tell = async (...patches: LivePatch[]) => {
    for (const listener of listeners) listener(patches);
    await settled();
  };
  return { clock, listeners, abort, messages, tell };
}

/** With a client that takes each message as it comes. */
function heardFeed() {
  const opened = feed();
  const heard: LiveMessage[] = [];
  const done = (async () => {
    for await (const message of opened.messages) heard.push(message);
  })();
  return { ...opened, heard, done };
}

describe('the change feed of one client', () => {
  it('is a snapshot, then numbered batches', async () => {
    const { clock, abort, heard, done, tell } = heardFeed();
    await settled();
    expect(heard).toEqual([{ kind: 'snapshot', sequence: 0, state: empty }]);
    await clock.advance(feedIntervalMs);
    await tell(gone('a'), gone('b'));
    await clock.advance(feedIntervalMs);
    await tell(gone('c'));
    expect(heard.slice(1)).toEqual([
      { kind: 'patches', sequence: 1, patches: [gone('a'), gone('b')] },
      { kind: 'patches', sequence: 2, patches: [gone('c')] },
    ]);
    abort.abort();
    await done;
  });

  it('says at most four things a second, each entity once and as it last was', async () => {
    const { clock, abort, heard, done, tell } = heardFeed();
    for (let tick = 0; tick < 100; tick += 1) {
      await tell(gone('a'), gone(`b${tick % 3}`));
      await clock.advance(10);
    }
    const batches = heard.slice(1);
    expect(batches).toHaveLength(4);
    expect(batches.map((each) => each.sequence)).toEqual([1, 2, 3, 4]);
    for (const batch of batches) {
      expect(batch.kind === 'patches' && batch.patches.length).toBe(4);
    }
    abort.abort();
    await done;
  });

  it('does not wait for a clock that was set back to come round again', async () => {
    const { clock, abort, heard, done, tell } = heardFeed();
    await settled();
    clock.set(-3_600_000);
    await tell(gone('a'));
    await clock.advance(feedIntervalMs);
    expect(heard).toHaveLength(2);
    abort.abort();
    await done;
  });

  it('does not grow while its client does not listen', async () => {
    const { clock, listeners, messages } = feed();
    await messages.next();
    for (let round = 0; round < 1000; round += 1) {
      for (const listener of listeners) listener([gone(`h${round % 5}`)]);
    }
    const asked = messages.next();
    await settled();
    await clock.advance(feedIntervalMs);
    const next = await asked;
    expect(next.value).toMatchObject({ sequence: 1 });
    expect(next.value?.kind === 'patches' && next.value.patches).toHaveLength(5);
    await messages.return();
    expect(listeners.size).toBe(0);
  });

  it.each([
    ['while nothing happens', 0],
    ['while a batch waits for its time', 1],
  ])('ends %s, and leaves nothing behind', async (_when, patches) => {
    const { clock, listeners, abort, done, tell } = heardFeed();
    await settled();
    for (let each = 0; each < patches; each += 1) await tell(gone('a'));
    abort.abort();
    await done;
    expect(listeners.size).toBe(0);
    expect(clock.size).toBe(0);
  });
});
