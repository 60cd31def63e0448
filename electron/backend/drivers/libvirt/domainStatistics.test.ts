import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../clock/testing/manualClock.ts';
import { failureOf } from '../testing/failureOf.ts';
import { DomainStatistics, mostLeftBehind } from './domainStatistics.ts';
import { connectGetAllDomainStats, domainStatsGroups, openConnection } from './rpc/rpc.ts';
import { FakeLibvirtd } from './rpc/testing/fakeLibvirtd.ts';

const groups = domainStatsGroups.state | domainStatsGroups.cpuTotal | domainStatsGroups.block;
/** More than the patience with one domain. */
const patience = 1600;
const dom = { name: 'a', uuid: '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaaaa', id: 1 };
const answer = { retStats: [{ dom, params: [] }] };

/** A libvirtd whose first calls for statistics hang on a QEMU, as real ones do. */
async function hanging(howMany: number) {
  const libvirtd = FakeLibvirtd.welcoming([0], false);
  const clock = new ManualClock();
  const connection = await openConnection(libvirtd.transport, {
    host: 'alpha',
    keepalive: false,
    clock,
  });
  const asked: number[] = [];
  const release: (() => void)[] = [];
  libvirtd.onLater(connectGetAllDomainStats, ({ stats }) => {
    asked.push(stats);
    const hangs = asked.length <= howMany && (stats & domainStatsGroups.cpuTotal) !== 0;
    return hangs ? new Promise((resolve) => release.push(() => resolve(answer))) : Promise.resolve(answer);
  });
  return { clock, connection, asked, release, statistics: new DomainStatistics({ name: 'alpha', clock }) };
}

describe('statistics of all domains', () => {
  it('come in one call', async () => {
    const { connection, asked, statistics, clock } = await hanging(0);
    expect(await statistics.ask(connection, groups)).toEqual(answer.retStats);
    expect(asked).toEqual([groups]);
    await connection.close();
    expect(clock.size).toBe(0);
  });

  it('leave behind a call that hangs on one domain, and ask again past it', async () => {
    const { connection, asked, statistics, clock, release } = await hanging(1);
    const first = statistics.ask(connection, groups);
    await clock.advance(patience);
    expect(await first).toEqual(answer.retStats);
    expect(await statistics.ask(connection, groups)).toEqual(answer.retStats);
    expect(asked).toEqual([groups, groups, groups]);
    for (const each of release) each();
    await connection.close();
  });

  it('ask only for what needs no QEMU once as many hang as a connection bears, and for all when they go on', async () => {
    const { connection, asked, statistics, clock, release } = await hanging(mostLeftBehind);
    const first = statistics.ask(connection, groups);
    for (let left = 0; left < mostLeftBehind; left += 1) await clock.advance(patience);
    expect(await first).toEqual(answer.retStats);
    expect(asked).toEqual([groups, groups, groups, domainStatsGroups.state]);
    await statistics.ask(connection, groups);
    expect(asked.at(-1)).toBe(domainStatsGroups.state);
    for (const each of release) each();
    await settled();
    await statistics.ask(connection, groups);
    expect(asked.at(-1)).toBe(groups);
    await connection.close();
  });

  it('take the answer of an earlier call that was only slow', async () => {
    const { connection, asked, statistics, clock, release } = await hanging(2);
    const first = statistics.ask(connection, groups);
    await clock.advance(patience);
    expect(asked).toHaveLength(2);
    release[0]?.();
    expect(await first).toEqual(answer.retStats);
    await connection.close();
  });

  it('end at the deadline, and at once when the connection is lost', async () => {
    const { connection, statistics, clock } = await hanging(9);
    const late = failureOf(statistics.ask(connection, groups, { deadlineMs: 1000 }));
    await clock.advance(1000);
    expect(await late).toMatchObject({ code: 'timed-out', message: expect.stringContaining('alpha') });
    const cut = failureOf(statistics.ask(connection, groups));
    await connection.close();
    expect(await cut).toMatchObject({ code: 'connection-lost' });
    await settled();
    expect(clock.size).toBe(0);
  });
});
