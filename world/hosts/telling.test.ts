import { describe, expect, it } from 'vitest';
import { domainCounters } from '../domains/describe.ts';
import { destroyDomain } from '../domains/power.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { guestLoad } from './columns.ts';
import { columnsOf } from './counting.ts';
import { capacityOf, hostCountersOf, inspectionOf, resolves } from './telling.ts';

describe('what a simulated host says of itself', () => {
  it('is what its scenario gave it, less what its guests take', () => {
    const test = new TestWorld();
    const a = test.host('server-a');
    const before = capacityOf(test.world, a);
    expect(before).toMatchObject({ cpus: 16, memoryMiB: 65_536, hostname: 'server-a', kvm: true });
    destroyDomain(test.world, a, test.uuid('cache-01'));
    expect(capacityOf(test.world, a).memoryFreeMiB - before.memoryFreeMiB).toBe(8192);
    expect(before.hostUuid).not.toBe(capacityOf(test.world, test.host('server-b')).hostUuid);
  });

  it('has one thing for the doctor to find: a clock that nobody sets', () => {
    const test = new TestWorld();
    const [a, b] = ['server-a', 'server-b'].map((name) => inspectionOf(test.world, test.host(name)));
    expect(a?.clockAheadMs).toBe(0);
    expect(b?.clockAheadMs).toBe(3000);
    expect(a?.cpuXml).toMatch(/^<cpu>.*<model>Skylake-Server-IBRS<\/model>/);
    expect(a?.pools.map(({ name, path }) => [name, path])).toEqual([
      ['shared', '/srv/shared'],
      ['local', '/var/lib/libvirt/images'],
    ]);
    // Both see one store as equally full; each has its own besides.
    expect(a?.pools[0]?.availableBytes).toBe(b?.pools[0]?.availableBytes);
    expect(a?.pools[1]?.availableBytes).toBeGreaterThan(b?.pools[1]?.availableBytes ?? 0);
    // Suspended guests are on the host's own disk.
    const suspended = Object.values(test.host('server-b').domains).flatMap(({ saved }) => saved?.bytes ?? []);
    const [[ofA], [ofB]] = [a?.fileSystems ?? [], b?.fileSystems ?? []];
    expect(ofA?.capacityBytes).toBe(ofB?.capacityBytes);
    expect((ofA?.availableBytes ?? 0) - (ofB?.availableBytes ?? 0)).toBe(
      suspended.reduce((sum, bytes) => sum + bytes, 0),
    );
    expect(resolves(test.world, 'server-b')).toBe(true);
    expect(resolves(test.world, 'server-c')).toBe(false);
  });

  it('knows its guests by counters that only grow while they run', async () => {
    const test = new TestWorld();
    const a = test.host('server-a');
    const uuid = test.uuid('database-01');
    const of = () => domainCounters(test.world, a, 'full').find((each) => each.uuid === uuid);
    await test.pass(10_000);
    const first = of();
    await test.pass(10_000);
    const second = of();
    const seconds = ((second?.cpuTimeNs ?? 0) - (first?.cpuTimeNs ?? 0)) / 1e9;
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(20);
    expect(second?.diskWriteBytes).toBeGreaterThan(first?.diskWriteBytes ?? 0);
    expect(second?.memoryUsedMiB).toBeGreaterThan(12_000);
    expect(domainCounters(test.world, a, 'cheap')[0]).not.toHaveProperty('diskReadBytes');
    destroyDomain(test.world, a, uuid);
    expect(of()).toBeUndefined();
  });

  it('is busier by a guest that boots, one that hangs and a migration', async () => {
    const test = new TestWorld();
    const a = test.host('server-a');
    const busy = () => columnsOf(test.world, a).busyCores;
    const cores = (vm: string) => guestLoad(test.world, a, test.uuid(vm))?.cores ?? 0;
    const asItWas = busy();
    test.strike({ kind: 'hang-vm', host: 'server-a', uuid: test.uuid('web-01') });
    expect(cores('web-01')).toBe(1);
    test.strike({ kind: 'unhang-vm', host: 'server-a', uuid: test.uuid('web-01') });
    expect(busy()).toBeCloseTo(asItWas, 9);
    const migration = new TestMigration(test, 'database-01', 'server-b');
    await migration.toPerforming();
    await test.pass(1000);
    expect(busy()).toBeGreaterThan(asItWas + 0.5);
  });

  it('gives guests that want more than there is their part, and no more', async () => {
    const twoServers = builtInScenario('two-servers');
    const small = {
      ...twoServers,
      hosts: twoServers.hosts.map((host) => ({ ...host, cpus: 2 })),
    };
    const test = new TestWorld(1, small);
    const a = test.host('server-a');
    await test.pass(60_000);
    const load = columnsOf(test.world, a);
    expect(load.busyCores).toBeCloseTo(2, 6);
    expect(load.pace.some((pace) => pace < 1)).toBe(true);
    const { cpuBusyNs, cpuTotalNs } = hostCountersOf(test.world, a, 'full');
    expect(cpuBusyNs / cpuTotalNs).toBeGreaterThan(0.95);
    expect(cpuBusyNs).toBeLessThanOrEqual(cpuTotalNs);
  });
});

describe('what a simulated host draws', () => {
  it('adds up exactly: by its load while it runs, idle while it starts, nothing while it is off', async () => {
    const flat = { ...builtInScenario('two-servers'), vms: [] };
    const test = new TestWorld(1, flat);
    const a = test.host('server-a');
    const of = () => {
      const { watts = 0, energyJoules = 0 } = hostCountersOf(test.world, a, 'cheap');
      return { watts, energyJoules };
    };
    await test.pass(100_000);
    // Its own 0.12 of 16 cores lie on the line from 92 to 118 W.
    const idle = 92 + (26 * 0.12 * 10) / 16;
    expect(of().watts).toBeCloseTo(idle, 9);
    expect(of().energyJoules).toBeCloseTo(idle * 100, 6);
    test.strike({ kind: 'power-off', host: 'server-a' });
    await test.pass(50_000);
    expect(of()).toEqual({ watts: 0, energyJoules: expect.closeTo(idle * 100, 6) });
    test.strike({ kind: 'power-on', host: 'server-a' });
    await test.pass(10_000);
    expect(of().watts).toBe(92);
    await test.pass(30_000);
    expect(of().energyJoules).toBeCloseTo(idle * 100 + 92 * 30 + idle * 10, 5);
  });

  it('rises with what its guests compute', async () => {
    const test = new TestWorld();
    const a = test.host('server-a');
    const before = hostCountersOf(test.world, a, 'cheap').watts ?? 0;
    for (const vm of ['web-01', 'database-01', 'cache-01']) destroyDomain(test.world, a, test.uuid(vm));
    await test.pass(1000);
    expect(hostCountersOf(test.world, a, 'cheap').watts ?? 0).toBeLessThan(before - 15);
  });
});
