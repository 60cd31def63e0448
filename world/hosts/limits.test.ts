import { describe, expect, it } from 'vitest';
import { builtInScenario } from '../scenario/builtIn.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { guestLoad } from './columns.ts';
import { columnsOf } from './counting.ts';
import { nicBytesPerSecond } from './links.ts';
import { hostCountersOf } from './telling.ts';

const twoServers = builtInScenario('two-servers');
const mebibyte = 1024 ** 2;

/** What a host's guests get of what they ask for, by what is counted of them in ten seconds. */
async function movedIn(test: TestWorld, host: string) {
  await test.pass(10_000 - (test.world.now % 10_000));
  const of = () => hostCountersOf(test.world, test.host(host), 'full');
  const before = of();
  await test.pass(9999);
  const after = of();
  const perSecond = (name: 'networkSendBytes' | 'networkReceiveBytes' | 'diskWriteBytes' | 'diskReadBytes') =>
    ((after[name] ?? 0) - (before[name] ?? 0)) / 9.999;
  return {
    sent: perSecond('networkSendBytes'),
    received: perSecond('networkReceiveBytes'),
    disk: perSecond('diskReadBytes') + perSecond('diskWriteBytes'),
  };
}

describe('guests on a slow card', () => {
  it('share it max-min fairly, and work as much slower', async () => {
    const test = new TestWorld();
    const a = test.host('server-a');
    const free = await movedIn(test, 'server-a');
    const calm = guestLoad(test.world, a, test.uuid('database-01'))?.pace;
    test.strike({ kind: 'slow-link', host: 'server-a', rateBitsPerSecond: 100e6 });
    const { sent, received } = await movedIn(test, 'server-a');
    const carries = nicBytesPerSecond(a);
    expect(free.sent).toBeGreaterThan(1.5 * carries);
    expect(sent).toBeLessThanOrEqual(carries * (1 + 1e-9));
    expect(sent).toBeGreaterThan(0.8 * carries);
    expect(received).toBeLessThan(free.received);
    // The one that sends most is held back most; one that sends less than its part is not.
    expect(guestLoad(test.world, a, test.uuid('cache-01'))?.pace).toBeLessThan(0.6);
    expect(guestLoad(test.world, a, test.uuid('database-01'))?.pace).toBe(calm);
    test.strike({ kind: 'mend-link', host: 'server-a' });
    expect(guestLoad(test.world, a, test.uuid('cache-01'))?.pace).toBe(1);
  });

  it('leave a migration what they do not use, and give way to it where it is crowded', async () => {
    const test = new TestWorld();
    test.strike({ kind: 'slow-link', host: 'server-a', rateBitsPerSecond: 500e6 });
    const carries = nicBytesPerSecond(test.host('server-a'));
    const migration = new TestMigration(test, 'database-01', 'server-b');
    await migration.toPerforming();
    await test.pass(5000);
    const [transfer] = Object.values(test.world.state.transfers);
    const guests = columnsOf(test.world, test.host('server-a')).sendAsks.reduce(
      (sum, bytes) => sum + bytes,
      0,
    );
    expect(transfer?.model.rate.bytesPerSecond).toBeCloseTo(carries - guests, 0);
    test.strike({ kind: 'slow-link', host: 'server-a', rateBitsPerSecond: 60e6 });
    const slow = nicBytesPerSecond(test.host('server-a'));
    const { migratingOut, sendAsks, served } = columnsOf(test.world, test.host('server-a'));
    const sent = sendAsks.reduce((sum, bytes, row) => sum + bytes * (served[row] ?? 0), 0);
    expect(migratingOut + sent).toBeCloseTo(slow, 0);
    // Nobody gets more than the migration, which takes whatever there is.
    for (const [row, bytes] of sendAsks.entries()) {
      expect(bytes * (served[row] ?? 0)).toBeLessThanOrEqual(migratingOut * (1 + 1e-6));
    }
  });
});

describe("a switch's uplink", () => {
  const racks: Scenario = {
    ...twoServers,
    switches: [
      { name: 'core', latencyMs: 0 },
      { name: 'rack', latencyMs: 0, uplink: { to: 'core', bitsPerSecond: 2e9 } },
    ],
    hosts: twoServers.hosts.map((host, index) => ({ ...host, switch: index === 0 ? 'rack' : 'core' })),
  };

  it('is shared by the migrations that pass it', async () => {
    const test = new TestWorld(1, racks);
    const moves = ['web-01', 'cache-01'].map((vm) => new TestMigration(test, vm, 'server-b'));
    for (const move of moves) await move.toPerforming();
    await test.pass(200);
    const rates = Object.values(test.world.state.transfers).map(({ model }) => model.rate.bytesPerSecond);
    expect(rates).toHaveLength(2);
    expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo((2e9 / 8) * 0.94, 0);
    expect(rates[0]).toBeCloseTo(rates[1] ?? 0, 0);
  });
});

describe('a slow store', () => {
  const slow = (pool: string, rateMiBPerSecond: number): Scenario => ({
    ...twoServers,
    pools: twoServers.pools.map((each) => (each.name === pool ? { ...each, rateMiBPerSecond } : each)),
  });

  it('that hosts share is shared among all their guests', async () => {
    const free = new TestWorld();
    const test = new TestWorld(1, slow('shared', 3));
    await test.pass(30_000);
    await free.pass(30_000);
    const [a, b] = [await movedIn(test, 'server-a'), await movedIn(test, 'server-b')];
    expect((await movedIn(free, 'server-a')).disk).toBeGreaterThan(6 * mebibyte);
    expect(a.disk).toBeLessThan(3 * mebibyte);
    expect(a.disk).toBeGreaterThan(2 * mebibyte);
    // What hardly uses it is not held back.
    expect(guestLoad(test.world, test.host('server-a'), test.uuid('cache-01'))?.pace).toBe(1);
    expect(b.disk).toBeGreaterThan(0);
  });

  it("of a host's own is shared among its guests", async () => {
    const test = new TestWorld(1, slow('local', 1));
    await test.until(
      'busy',
      () => (guestLoad(test.world, test.host('server-b'), test.uuid('batch-01'))?.pace ?? 1) < 1,
    );
    const { diskAsks, served, rows } = columnsOf(test.world, test.host('server-b'));
    const row = rows.findIndex(({ domain }) => domain.definition.name === 'batch-01');
    expect((diskAsks[row] ?? 0) * (served[row] ?? 0)).toBeCloseTo(mebibyte, 0);
  });
});

describe('a host short of memory', () => {
  it('promises more than it has, swaps what guests touch beyond it, and slows them all', async () => {
    const small: Scenario = {
      ...twoServers,
      hosts: twoServers.hosts.map((host) => ({ ...host, memoryMiB: 20_480 })),
    };
    const test = new TestWorld(1, small);
    await test.pass(10_000);
    const full = hostCountersOf(test.world, test.host('server-a'), 'full');
    expect(full.swapUsedMiB).toBeGreaterThan(1000);
    expect(full.memoryUsedMiB).toBe(20_480);
    expect(guestLoad(test.world, test.host('server-a'), test.uuid('web-01'))?.pace).toBeLessThan(0.7);
    expect((await movedIn(test, 'server-a')).disk).toBeGreaterThan(mebibyte);
    const enough = new TestWorld();
    expect(hostCountersOf(enough.world, enough.host('server-a'), 'full').swapUsedMiB).toBe(0);
  });
});
