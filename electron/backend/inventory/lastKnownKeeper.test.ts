import { describe, expect, it } from 'vitest';
import { hostId } from '#shared/model/ids.ts';
import { ManualClock } from '../clock/testing/manualClock.ts';
import { LastKnownKeeper } from './lastKnownKeeper.ts';

describe('what hosts last said', () => {
  const hosts = (count: number) => Array.from({ length: count }, (_, index) => hostId(`host-${index}`));
  const start = () => {
    const clock = new ManualClock();
    const written: number[] = [];
    const keeper = new LastKnownKeeper({
      clock,
      store: { lastKnown: () => undefined, saveLastKnown: (all) => written.push(all.size) },
      lastKnown: (id) => (id === hostId('host-1') ? undefined : { at: clock.now(), vms: [] }),
    });
    return { clock, written, keeper };
  };

  it('is written ten seconds later, of very many hosts a part at a time', async () => {
    const { clock, written, keeper } = start();
    for (const id of hosts(120)) keeper.keep(id);
    await clock.advance(9900);
    expect(written).toEqual([]);
    await clock.advance(100);
    expect(written).toEqual([49]);
    await clock.advance(1000);
    expect(written).toEqual([49, 50, 20]);
    expect(clock.size).toBe(0);
  });

  it('is written at once at the end, but not of a host that was forgotten or is gone', () => {
    const { clock, written, keeper } = start();
    for (const id of hosts(4)) keeper.keep(id);
    keeper.forget(hostId('host-0'));
    keeper.close();
    expect(written).toEqual([2]);
    expect(clock.size).toBe(0);
  });
});
