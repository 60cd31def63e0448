import { describe, expect, it } from 'vitest';
import type { Host } from '../model/host.ts';
import type { TaskState } from '../model/task.ts';
import { someHost } from '../testing/nouns.ts';
import { canCancel } from './canCancel.ts';
import { canDeclareDead } from './canDeclareDead.ts';
import { canReconnect } from './canReconnect.ts';

const error = { code: 'host-unreachable', message: 'no answer' } as const;
const connections: readonly Host['connection'][] = [
  { state: 'connected', since: 0 },
  { state: 'connecting', since: 0 },
  { state: 'unreachable', since: 0, retryAt: 0, error },
  { state: 'needs-attention', since: 0, error },
];
const host = (connection: Host['connection']): Host => ({ ...someHost('server-a'), connection });

describe('a host', () => {
  it('is reconnected only where it does not answer and nothing is under way', () => {
    expect(connections.map((each) => canReconnect(host(each)).allowed)).toEqual([false, false, true, true]);
  });

  it('is declared dead unless it answers', () => {
    expect(connections.map((each) => canDeclareDead(host(each)).allowed)).toEqual([false, true, true, true]);
    expect(canDeclareDead(someHost('server-a'))).toMatchObject({
      reason: 'server-a answers, so it is not dead. Switch it off first if it is to be taken for dead.',
    });
  });
});

describe('a task', () => {
  it('is cancelled while it runs and may be taken back', () => {
    const states: readonly TaskState[] = ['queued', 'running', 'recovering', 'cancelling', 'succeeded'];
    expect(states.map((state) => canCancel({ state }).allowed)).toEqual([true, true, true, false, false]);
    expect(canCancel({ state: 'running', cancelRefused: 'It is being switched over.' })).toMatchObject({
      reason: 'It is being switched over.',
    });
  });

  it('says of an undecided one what it waits for, and not that a host is silent where none is', () => {
    const outcome = 'web-01 runs on server-a and on server-b. Stop one of the two by hand.';
    expect(canCancel({ state: 'undecided', outcome })).toMatchObject({
      reason: `It cannot be cancelled while it is undecided. ${outcome}`,
    });
  });
});
