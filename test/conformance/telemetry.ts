import { describe, expect, it } from 'vitest';
import type { DomainCounters } from '../../electron/backend/drivers/drivers.ts';
import { type Stage, until } from './stage.ts';

/** TelemetryDriver, InspectionDriver and networks: what a host says of itself and of what runs there. */
export function telemetrySuite(open: () => Stage): void {
  describe('telemetry', () => {
    const telemetry = () => open().first.driver.telemetry;
    const inspection = () => open().first.driver.inspection;
    const countersOf = async (depth: 'cheap' | 'full'): Promise<DomainCounters | undefined> =>
      (await telemetry().domains(depth)).find(({ uuid }) => uuid === open().guest.uuid);

    it('tells what a host is, and is the same host each time', async () => {
      const capacity = await telemetry().capacity();
      expect(capacity.cpus).toBeGreaterThan(0);
      expect(capacity.memoryMiB).toBeGreaterThan(capacity.memoryFreeMiB);
      expect(capacity.memoryFreeMiB).toBeGreaterThan(0);
      expect(capacity.libvirtVersion).toMatch(/^\d+\.\d+\.\d+$/);
      expect(capacity.hypervisorVersion).toMatch(/^\d+\.\d+\.\d+$/);
      const other = await open().second.driver.telemetry.capacity();
      expect(other.hostUuid).not.toBe(capacity.hostUuid);
      expect((await telemetry().capacity()).hostUuid).toBe(capacity.hostUuid);
    });

    it("counts the host's CPU time, busy within total, both only growing", async () => {
      const before = await telemetry().host('cheap');
      const after = await until(
        'CPU time to pass',
        () => telemetry().host('cheap'),
        (now) => now.cpuTotalNs > before.cpuTotalNs,
      );
      expect(after.cpuBusyNs).toBeGreaterThanOrEqual(before.cpuBusyNs);
      expect(after.cpuBusyNs).toBeLessThanOrEqual(after.cpuTotalNs);
      expect(after.memoryUsedMiB).toBeLessThan(after.memoryTotalMiB);
    });

    it("tells a host's memory in parts and what waits for its disks in each sweep, the rest in full ones", async () => {
      const cheap = await telemetry().host('cheap');
      expect(cheap.cpuWaitNs).toBeGreaterThanOrEqual(0);
      expect(cheap.memoryCachedMiB).toBeGreaterThanOrEqual(0);
      expect(cheap.memoryUsedMiB + (cheap.memoryCachedMiB ?? 0)).toBeLessThanOrEqual(cheap.memoryTotalMiB);
      const full = await telemetry().host('full');
      expect(full.cpuStealNs).toBeGreaterThanOrEqual(0);
      expect(full.swapUsedMiB).toBeGreaterThanOrEqual(0);
      for (const pick of [
        'networkReceiveBytes',
        'networkSendBytes',
        'diskReadBytes',
        'diskWriteBytes',
      ] as const) {
        const before = full[pick];
        expect(before, pick).toBeGreaterThanOrEqual(0);
        expect((await telemetry().host('full'))[pick], pick).toBeGreaterThanOrEqual(before ?? 0);
      }
    });

    it('tells what a guest is given of its memory, and how long its vCPUs waited for a CPU', async () => {
      const full = await until(
        'full counters of the guest',
        () => countersOf('full'),
        (now) => now?.memoryGivenMiB !== undefined && now.cpuReadyNs !== undefined,
      );
      expect(full?.memoryGivenMiB).toBeLessThanOrEqual(open().guest.memoryMiB);
      expect(full?.memoryGivenMiB).toBeGreaterThan(0);
      expect(full?.cpuReadyNs).toBeGreaterThanOrEqual(0);
      expect(full?.vcpus).toBeGreaterThan(0);
      expect(await countersOf('cheap')).not.toHaveProperty('cpuReadyNs');
      expect((await countersOf('full'))?.cpuReadyNs).toBeGreaterThanOrEqual(full?.cpuReadyNs ?? 0);
    });

    it('counts what a guest uses: CPU in each sweep, memory and disks in full ones', async () => {
      const full = await until(
        'full counters of the guest',
        () => countersOf('full'),
        (now) => now?.memoryUsedMiB !== undefined && now.diskReadBytes !== undefined,
      );
      expect(full?.memoryUsedMiB).toBeGreaterThan(0);
      expect(full?.memoryUsedMiB).toBeLessThan(open().guest.memoryMiB * 3);
      expect(full).toMatchObject({ diskWriteBytes: expect.any(Number), state: 'active' });
      const cheap = await countersOf('cheap');
      expect(cheap).toMatchObject({ cpuTimeNs: expect.any(Number), networkReceiveBytes: expect.any(Number) });
      expect(cheap?.cpuTimeNs).toBeGreaterThanOrEqual(full?.cpuTimeNs ?? 0);
    });

    it('a busy guest uses CPU, a paused one none', async () => {
      await open().setLoad(8, 100);
      const start = (await countersOf('cheap'))?.cpuTimeNs ?? 0;
      await until(
        'the guest to use CPU',
        async () => (await countersOf('cheap'))?.cpuTimeNs ?? 0,
        (now) => now > start,
      );
      await open().first.driver.domains.pause(open().guest.uuid);
      const still = (await countersOf('cheap'))?.cpuTimeNs;
      const hostBefore = (await telemetry().host('cheap')).cpuTotalNs;
      await until(
        'time to pass',
        async () => (await telemetry().host('cheap')).cpuTotalNs,
        (now) => now > hostBefore,
      );
      expect((await countersOf('cheap'))?.cpuTimeNs).toBeCloseTo(still ?? 0, -8);
      await open().first.driver.domains.resume(open().guest.uuid);
      await open().setLoad(0, 0);
    });

    it('tells only of domains that are instantiated', async () => {
      const { xml, uuid } = await open().definition('idle');
      await open().first.driver.domains.define(xml);
      expect((await telemetry().domains('full')).map((each) => each.uuid)).not.toContain(uuid);
      await open().first.driver.domains.undefine(uuid);
      await open().forget('idle');
    });

    it('is looked over as its capacity says', async () => {
      const [seen, capacity] = await Promise.all([inspection().inspect(), telemetry().capacity()]);
      expect(seen).toMatchObject({
        hostname: capacity.hostname,
        libvirtVersion: capacity.libvirtVersion,
        hypervisorVersion: capacity.hypervisorVersion,
        mayWrite: true,
        migrationPorts: { first: 49_152, last: 49_215 },
      });
      expect(seen.pools.length).toBeGreaterThan(0);
      for (const pool of seen.pools) expect(pool.writable, pool.name).toBe(true);
      const names = seen.pools.map(({ name }) => name);
      expect(names).toEqual(names.toSorted());
      expect(seen.fileSystems?.[0]?.path).toBe('/');
      expect(seen.architecture).toBe('x86_64');
      expect(seen.machineTypes.length).toBeGreaterThan(0);
      expect(Math.abs(seen.clockAheadMs)).toBeLessThan(60_000);
      expect(await inspection().resolves('localhost')).toBe(true);
      expect(await inspection().resolves('no-such-name.invalid')).toBe(false);
    });

    it('offers its own CPU to itself', async () => {
      const { migration } = open().first.driver;
      expect(await inspection().offersCpu(await migration.hostCpuXml())).toEqual({ compatible: true });
    });

    it('knows its addresses, and what cannot be reached', async () => {
      const [address = ''] = await open().second.driver.addresses();
      const { migration } = open().first.driver;
      expect(await migration.canReach(address, 49_152)).toEqual({ reachable: true, how: 'closed' });
      await open().second.cut();
      expect(await migration.canReach(address, 49_152)).toMatchObject({ reachable: false });
      await open().second.heal();
    });

    it('names the networks that it lacks', async () => {
      const described = await open().first.driver.domains.describe(open().guest.uuid);
      const { migration } = open().first.driver;
      expect(await migration.missingNetworks(described?.nics ?? [])).toEqual([]);
      expect(
        await migration.missingNetworks([
          { kind: 'bridge', source: 'no-such-bridge' },
          { kind: 'network', source: 'no-such-network' },
        ]),
      ).toEqual([expect.stringMatching(/no-such-bridge/), expect.stringMatching(/no-such-network/)]);
    });
  });
}
