import { describe, expect, it } from 'vitest';
import { DroverError, type ErrorCode } from '#shared/contract/errors.ts';
import { ManualClock, settled } from '../../clock/testing/manualClock.ts';
import { delayBefore } from './backOff.ts';
import { type Keepable, keepConnected, type ReconnectState } from './reconnecting.ts';

const error = (code: ErrorCode = 'host-unreachable'): DroverError =>
  new DroverError({ code, tried: 'Connect', cause: 'test' });

class Link implements Keepable {
  readonly listeners = new Set<(reason: DroverError) => void>();
  closed = false;
  close(): void {
    this.closed = true;
  }
  onClose(listener: (reason: DroverError) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  cut(): void {
    for (const listener of this.listeners) listener(error('connection-lost'));
  }
}

function setUp(...results: (Link | DroverError)[]) {
  const clock = new ManualClock();
  const attempts: { byPerson: boolean; signal: AbortSignal }[] = [];
  const kept = keepConnected<Link>({
    clock,
    random: () => 0.5,
    connect: async (attempt) => {
      attempts.push(attempt);
      const result = results.shift() ?? error();
      if (result instanceof DroverError) throw result;
      return result;
    },
  });
  const seen: ReconnectState<Link>[] = [];
  const unsubscribe = kept.subscribe((state) => seen.push(state));
  return { clock, attempts, kept, seen, unsubscribe };
}

describe('the delay before trying again', () => {
  it('doubles up to a minute, half of it random', () => {
    expect([1, 2, 3, 4].map((failures) => delayBefore(failures, 0))).toEqual([500, 1000, 2000, 4000]);
    expect(delayBefore(1, 0.999)).toBe(1000);
    expect(delayBefore(7, 0)).toBe(30_000);
    expect(delayBefore(100_000, 0.5)).toBe(45_000);
  });
});

describe('keeping a connection', () => {
  it('connects, and waits longer after each failure', async () => {
    const { clock, kept, attempts } = setUp(error(), error(), new Link());
    expect(kept.state).toEqual({ kind: 'connecting', attempt: 1 });
    await settled();
    expect(kept.state).toMatchObject({
      kind: 'waiting',
      attempt: 1,
      retryAt: 750,
      reason: { code: 'host-unreachable' },
    });
    await clock.advance(749);
    expect(kept.state.kind).toBe('waiting');
    await clock.advance(1);
    expect(kept.state).toMatchObject({ kind: 'waiting', attempt: 2, retryAt: 750 + 1_500 });
    await clock.advance(1_500);
    expect(kept.state.kind).toBe('connected');
    expect(attempts.map((each) => each.byPerson)).toEqual([true, false, false]);
    await kept.stop();
  });

  it('starts the back-off anew only after a connection that held', async () => {
    const [short, long] = [new Link(), new Link()];
    const { clock, kept } = setUp(error(), short, long, error());
    await settled();
    await clock.advance(750);
    short.cut();
    expect(kept.state).toMatchObject({ kind: 'waiting', attempt: 2 });
    await clock.advance(1_500);
    await clock.advance(10_000);
    long.cut();
    expect(kept.state).toMatchObject({ kind: 'waiting', attempt: 1 });
    await kept.stop();
  });

  it.each<ErrorCode>([
    'login-refused',
    'host-key-changed',
    'host-key-unknown',
    'password-needed',
    'ssh-config-unusable',
  ])('does not try again by itself after %s, but does when told', async (code) => {
    const { clock, kept, attempts } = setUp(error(code), new Link());
    await settled();
    expect(kept.state).toMatchObject({ kind: 'needs-attention', reason: { code } });
    expect(clock.size).toBe(0);
    kept.retryNow();
    await settled();
    expect(kept.state.kind).toBe('connected');
    expect(attempts.map((each) => each.byPerson)).toEqual([true, true]);
    kept.retryNow();
    expect(attempts).toHaveLength(2);
    await kept.stop();
  });

  it('takes strange answers of a host that was reached before for those of one that boots', async () => {
    const link = new Link();
    const { clock, kept } = setUp(link, error('not-ssh'));
    await settled();
    link.cut();
    await clock.advance(750);
    expect(kept.state).toMatchObject({ kind: 'waiting', reason: { code: 'not-ssh' } });
    await kept.stop();
    const first = setUp(error('not-ssh'));
    await settled();
    expect(first.kept.state.kind).toBe('needs-attention');
  });

  it('tries at once when told to while waiting', async () => {
    const { clock, kept } = setUp(error(), new Link());
    await settled();
    kept.retryNow();
    await settled();
    expect(kept.state.kind).toBe('connected');
    expect(clock.size).toBe(0);
    await kept.stop();
  });

  it('leaves nothing behind when stopped, in whatever state', async () => {
    const link = new Link();
    const connected = setUp(link);
    await settled();
    await connected.kept.stop();
    expect([link.closed, link.listeners.size, connected.kept.state.kind]).toEqual([true, 0, 'stopped']);
    link.cut();
    expect(connected.kept.state.kind).toBe('stopped');

    const waiting = setUp(error());
    await settled();
    await waiting.kept.stop();
    expect(waiting.clock.size).toBe(0);

    const late = new Link();
    const connecting = setUp(late);
    await connecting.kept.stop();
    expect([late.closed, connecting.attempts[0]?.signal.aborted]).toEqual([true, true]);
  });

  it('tells subscribers each change in order, until they end it', async () => {
    const { kept, seen, unsubscribe, clock } = setUp(error(), new Link());
    await settled();
    await clock.advance(750);
    expect(seen.map((state) => state.kind)).toEqual(['waiting', 'connecting', 'connected']);
    unsubscribe();
    await kept.stop();
    expect(seen).toHaveLength(3);
  });
});
