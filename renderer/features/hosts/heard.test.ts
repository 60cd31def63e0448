import { describe, expect, it } from 'vitest';
import { someHost } from '#shared/testing/nouns.ts';
import { unheardWords } from './heard.ts';

const now = new Date(2026, 10, 25, 14, 30).getTime();
const seen = new Date(2026, 10, 25, 14, 2).getTime();
const starting = { connection: { state: 'connecting', since: now }, lastSeenAt: seen } as const;

describe('what is said of old news', () => {
  it('is nothing once every host has answered', () => {
    expect(unheardWords([someHost('a'), someHost('b')], now)).toBeUndefined();
  });

  it('names the host and the time, or counts them and takes the oldest', () => {
    expect(unheardWords([someHost('server-a'), someHost('server-b', starting)], now)).toBe(
      'server-b not yet heard from: shown as of 14:02:00',
    );
    const older = someHost('server-c', { ...starting, lastSeenAt: seen - 3_600_000 });
    expect(unheardWords([someHost('server-a'), someHost('server-b', starting), older], now)).toBe(
      '2 of 3 hosts not yet heard from: shown as of 13:02:00',
    );
    const lost = {
      connection: {
        state: 'unreachable',
        since: now,
        retryAt: now,
        error: { code: 'timed-out', message: '' },
      },
      lastSeenAt: seen,
    } as const;
    expect(unheardWords([someHost('server-b', lost)], now)).toBe(
      'server-b not heard from: shown as of 14:02:00',
    );
  });
});
