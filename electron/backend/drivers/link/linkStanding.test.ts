import { describe, expect, it } from 'vitest';
import { DroverError } from '#shared/contract/errors.ts';
import { wallClock } from '../../clock/clock.ts';
import type { LinkState } from '../drivers.ts';
import { LinkStanding } from './linkStanding.ts';

const lost = new DroverError({
  code: 'connection-lost',
  tried: 'Ask server-a',
  cause: 'the link is down',
  next: 'Wait',
});

describe('where a link stands', () => {
  it('is told to whoever listens, until they end it or it is closed', () => {
    const standing = new LinkStanding('server-a');
    const told: LinkState[] = [];
    const end = standing.subscribe((state) => told.push(state));
    expect(standing.state).toEqual({ state: 'connecting' });
    standing.tell({ state: 'connected' });
    end();
    standing.tell({ state: 'connecting' });
    standing.subscribe((state) => told.push(state));
    standing.close();
    standing.tell({ state: 'connected' });
    expect(told).toEqual([{ state: 'connected' }]);
    expect(standing.state).toEqual({ state: 'connected' });
  });

  it('is waited for: until it is connected, or why it is not', async () => {
    const standing = new LinkStanding('server-a');
    const waiting = standing.connected(wallClock);
    standing.tell({ state: 'connected' });
    await waiting;
    standing.tell({ state: 'connecting' });
    const inVain = standing.connected(wallClock);
    standing.tell({ state: 'unreachable', error: lost.toData(), retryAt: 0 });
    await expect(inVain).rejects.toMatchObject({ code: 'connection-lost' });
    standing.tell({ state: 'connecting' });
    await expect(standing.connected(wallClock, { deadlineMs: 5 })).rejects.toMatchObject({
      code: 'timed-out',
    });
    await expect(standing.connected(wallClock, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'host-unreachable',
    });
  });

  it('says why while it is down', () => {
    const standing = new LinkStanding('server-a');
    expect(standing.down().message).toContain('the connection is still being made');
    standing.tell({ state: 'needs-attention', error: lost.toData() });
    expect(standing.down().message).toContain('the link is down');
  });
});
