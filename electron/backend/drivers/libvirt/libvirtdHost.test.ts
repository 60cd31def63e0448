import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wallClock } from '../../clock/clock.ts';
import type { DomainEvent, LinkState } from '../drivers.ts';
import { libvirtDomains } from './domains.ts';
import type { HostAccess } from './hostLink.ts';
import {
  domainCreateWithFlags,
  domainDefineXmlFlags,
  domainManagedSave,
  domainSuspend,
  type LibvirtConnection,
  openConnection,
} from './rpc/rpc.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from './rpc/testing/privateLibvirtd.ts';
import { describeWithLibvirtd } from './rpc/testing/withLibvirtd.ts';
import { libvirtTelemetry } from './telemetry.ts';

// A real libvirtd with real QEMUs (under emulation, at their firmware), without SSH: that is the lab's.

const uuidOf = (number: number) => `5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa0${number}`;
const xmlOf = (number: number) =>
  `<domain type='qemu'><name>vm-${number}</name><uuid>${uuidOf(number)}</uuid><memory unit='MiB'>32</memory>
   <vcpu>${number}</vcpu><os><type arch='x86_64'>hvm</type></os><devices><memballoon model='virtio'/></devices></domain>`;
const refOf = (number: number) => ({ name: '', uuid: uuidOf(number), id: -1 });
const bootMs = { deadlineMs: 60_000 };

let host: PrivateLibvirtd;
let connections: readonly LibvirtConnection[];
let access: HostAccess;

async function open(): Promise<LibvirtConnection> {
  return await openConnection(await host.connect(), { host: 'alpha', uri: 'qemu:///system' });
}

function qemuOf(number: number): number {
  const found = execFileSync('pgrep', ['-f', `qemu-system.*${uuidOf(number)}`], { encoding: 'utf8' });
  return Number(found.trim().split('\n')[0]);
}

describeWithLibvirtd('domains and telemetry of a real libvirtd', () => {
  beforeAll(async () => {
    host = await startPrivateLibvirtd();
    const [inventory, statistics, control] = await Promise.all([open(), open(), open()]);
    connections = [inventory, statistics, control];
    const state: LinkState = { state: 'connected' };
    access = {
      name: 'alpha',
      clock: wallClock,
      state: () => state,
      subscribe: () => () => undefined,
      channels: () => ({ inventory, statistics, control }),
      login: () => {
        throw new Error('there is no login here');
      },
      open,
      openCommand: () => Promise.reject(new Error('there is no login here')),
    };
    for (const number of [1, 2, 3]) {
      const { dom } = await control.call(domainDefineXmlFlags, { xml: xmlOf(number) });
      if (number < 3) await control.call(domainCreateWithFlags, { dom }, bootMs);
    }
  }, 120_000);
  afterAll(async () => {
    await Promise.all(connections.map((each) => each.close()));
    await host.stop();
  });

  it('lists all of them, and describes each alike', async () => {
    const domains = libvirtDomains(access);
    const listed = [...(await domains.list())].sort((left, right) => left.name.localeCompare(right.name));
    expect(listed.map(({ name, state, vcpus, memoryMiB }) => [name, state, vcpus, memoryMiB])).toEqual([
      ['vm-1', 'active', 1, 32],
      ['vm-2', 'active', 2, 32],
      ['vm-3', 'inactive', 3, 32],
    ]);
    for (const each of listed) expect(await domains.describe(each.uuid)).toEqual(each);
    expect(listed[0]).toMatchObject({
      reason: 'booted',
      persistent: true,
      autostart: false,
      domainType: 'qemu',
    });
  });

  it('knows nothing of a domain that is not there', async () => {
    const domains = libvirtDomains(access);
    expect(await domains.describe(uuidOf(9))).toBeUndefined();
    expect(await domains.state(uuidOf(9))).toBeUndefined();
  });

  it('tells of what happens, until it is told to stop', async () => {
    const domains = libvirtDomains(access);
    const events: DomainEvent[] = [];
    const end = domains.subscribe((event) => events.push(event));
    await domains.list();
    const [, , control] = connections;
    await control?.call(domainSuspend, { dom: refOf(1) });
    expect(await domains.state(uuidOf(1))).toEqual({ state: 'paused', reason: 'user' });
    await domains.resume(uuidOf(1));
    expect(await domains.state(uuidOf(1))).toEqual({ state: 'active', reason: 'unpaused' });
    const told = { kind: 'changed', uuid: uuidOf(1), name: 'vm-1' };
    await expect.poll(() => events).toEqual(expect.arrayContaining([told, told]));
    end();
    const before = events.length;
    await control?.call(domainSuspend, { dom: refOf(1) });
    await domains.resume(uuidOf(1));
    expect(events).toHaveLength(before);
  });

  it('calls a saved domain suspended, and forgets it with its saved memory', async () => {
    const domains = libvirtDomains(access);
    const [, , control] = connections;
    await control?.call(domainCreateWithFlags, { dom: refOf(3) }, bootMs);
    await control?.call(domainManagedSave, { dom: refOf(3) }, bootMs);
    const saved = { state: 'suspended', reason: 'saving' };
    expect(await domains.state(uuidOf(3))).toEqual(saved);
    expect(await domains.describe(uuidOf(3))).toMatchObject(saved);
    expect((await domains.list()).find(({ uuid }) => uuid === uuidOf(3))).toMatchObject(saved);
    await domains.undefine(uuidOf(3));
    expect(await domains.describe(uuidOf(3))).toBeUndefined();
  });

  it('measures the host and what it can do', async () => {
    const telemetry = libvirtTelemetry(access);
    const capacity = await telemetry.capacity();
    expect(capacity.cpus).toBeGreaterThan(0);
    expect(capacity.memoryFreeMiB).toBeLessThan(capacity.memoryMiB);
    expect(capacity.libvirtVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(capacity.hostUuid).toMatch(/^[0-9a-f-]{36}$/);
    const first = await telemetry.host('cheap');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await telemetry.host('cheap');
    expect(second.cpuTotalNs).toBeGreaterThan(first.cpuTotalNs);
    expect(second.cpuBusyNs).toBeGreaterThanOrEqual(first.cpuBusyNs);
    expect(second.memoryUsedMiB).toBeLessThan(second.memoryTotalMiB);
  });

  it('measures every running domain although one QEMU hangs', async () => {
    const telemetry = libvirtTelemetry(access);
    const qemu = qemuOf(2);
    process.kill(qemu, 'SIGSTOP');
    try {
      for (const depth of ['cheap', 'full', 'cheap'] as const) {
        const counters = await telemetry.domains(depth, { deadlineMs: 8000 });
        const byUuid = new Map(counters.map((each) => [each.uuid, each]));
        expect(byUuid.get(uuidOf(1))?.cpuTimeNs).toBeGreaterThan(0);
        expect(byUuid.get(uuidOf(2))?.state).toBe('active');
        if (depth === 'full') {
          expect(byUuid.get(uuidOf(1))?.memoryUsedMiB).toBeGreaterThan(0);
          expect(byUuid.get(uuidOf(2))?.memoryUsedMiB).toBeUndefined();
        }
      }
      // Nor is it any harder to look at.
      expect(await libvirtDomains(access).describe(uuidOf(2))).toMatchObject({
        name: 'vm-2',
        state: 'active',
      });
      expect(await libvirtDomains(access).list()).toHaveLength(2);
    } finally {
      process.kill(qemu, 'SIGCONT');
    }
    await expect
      .poll(async () => (await telemetry.domains('full')).filter((each) => each.memoryUsedMiB === undefined))
      .toEqual([]);
  });

  it('stops and forgets', async () => {
    const domains = libvirtDomains(access);
    for (const number of [1, 2]) {
      await domains.destroy(uuidOf(number));
      expect(await domains.state(uuidOf(number))).toEqual({ state: 'inactive', reason: 'destroyed' });
      await domains.undefine(uuidOf(number));
    }
    expect(await domains.list()).toEqual([]);
  });
});
