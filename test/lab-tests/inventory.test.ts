import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterId, hostId, vmId } from '#shared/model/ids.ts';
import type { Samples } from '#shared/model/samples.ts';
import type { Vm } from '#shared/model/vm.ts';
import { wallClock } from '../../electron/backend/clock/clock.ts';
import type { HostDriver } from '../../electron/backend/drivers/drivers.ts';
import { ClaimLedger } from '../../electron/backend/inventory/claims.ts';
import { Inventory } from '../../electron/backend/inventory/inventory.ts';
import { Monitoring } from '../../electron/backend/monitoring/monitoring.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { linkState, type OpenHosts, openHosts } from './openHosts.ts';

const noLab = await whyNoLab();
const cluster = clusterId('lab');
const patience = { timeout: 60_000, interval: 50 };

describe.skipIf(noLab !== undefined)('inventory and monitoring of real hosts', () => {
  let lab: Lab;
  let hosts: OpenHosts;
  let inventory: Inventory;
  let monitoring: Monitoring;
  const drivers = new Map<string, HostDriver>();
  const samples: Samples[] = [];

  beforeAll(async () => {
    lab = await startLab({
      name: 'inventory',
      hosts: 2,
      guests: [
        { name: 'vm-1', host: 'host-a', vcpus: 2 },
        { name: 'vm-2', host: 'host-a', storage: 'local' },
        { name: 'vm-3', host: 'host-b' },
      ],
    });
    hosts = openHosts(lab);
    inventory = new Inventory({
      clock: wallClock,
      claims: new ClaimLedger(),
      store: { lastKnown: () => undefined, saveLastKnown: () => undefined },
    });
    monitoring = new Monitoring({
      clock: wallClock,
      store: () => undefined,
      findVm: (id) => inventory.vm(id),
      cpusOf: (id) => inventory.host(id)?.capacity?.cpus,
    });
    monitoring.subscribe((each) => samples.push(each));
    for (const name of ['host-a', 'host-b']) {
      const driver = hosts.open(name);
      drivers.set(name, driver);
      const { address } = lab.host(name);
      const definition = { id: hostId(name), clusterId: cluster, name, address, declaredDead: false };
      inventory.attach(definition, driver);
      monitoring.attach(definition, driver);
    }
  });
  afterAll(async () => {
    monitoring?.close();
    inventory?.close();
    await hosts?.close();
    await lab?.down();
  });

  const driver = (name: string): HostDriver => {
    const found = drivers.get(name);
    if (found === undefined) throw new Error(`no driver of ${name}`);
    return found;
  };
  const vm = (name: string): Vm | undefined => inventory.view().vms.find((each) => each.name === name);
  const state = (name: string) => {
    const found = vm(name);
    return found === undefined
      ? 'unknown to all'
      : `${found.state} ${found.reason}${found.current ? '' : ' old'}`;
  };
  const connection = (name: string) =>
    inventory.view().hosts.find((each) => each.name === name)?.connection.state;
  const virsh = async (host: string, ...parameters: readonly string[]) =>
    (await lab.virsh(host, parameters)).trim();
  /** The VM's share of CPU in every sweep from now on. */
  const sharesSince = (start: number, name: string) => {
    const id = vmId(cluster, lab.guest(name).uuid);
    return samples.slice(start).flatMap(({ vms }) => {
      const index = vms.vmIds.indexOf(id);
      return index < 0 ? [] : [vms.cpuShare[index] ?? null];
    });
  };

  it('shows each VM as virsh does', async () => {
    await expect.poll(() => inventory.view().vms, patience).toHaveLength(3);
    for (const guest of lab.description().guests) {
      const found = vm(guest.name);
      const host = guest.host;
      expect(found).toMatchObject({ uuid: guest.uuid, hostId: host, state: 'active', persistent: true });
      expect(await virsh(host, 'domuuid', guest.name)).toBe(found?.uuid);
      expect(await virsh(host, 'vcpucount', guest.name, '--live')).toContain(String(found?.vcpus));
      const info = await virsh(host, 'dominfo', guest.name);
      expect(info).toMatch(new RegExp(`Max memory:\\s+${(found?.maxMemoryMiB ?? 0) * 1024} KiB`));
      const disks = await virsh(host, 'domblklist', guest.name);
      for (const disk of found?.disks ?? []) {
        expect(disks).toContain(disk.target);
        expect(disks).toContain(disk.source);
      }
      const nics = await virsh(host, 'domiflist', guest.name);
      for (const nic of found?.nics ?? []) expect(nics).toContain(nic.mac);
      const xml = await virsh(host, 'dumpxml', guest.name);
      expect(xml).toContain(`machine='${found?.machine}'`);
    }
    const capabilities = await virsh('host-a', 'capabilities');
    const capacity = inventory.view().hosts.find((each) => each.name === 'host-a')?.capacity;
    expect(capabilities).toContain(capacity?.hostUuid);
    expect(capacity?.hostUuid).toBe(lab.host('host-a').uuid);
    expect(await virsh('host-a', 'hostname')).toBe(capacity?.hostname);
  });

  it('follows what somebody else does to a VM', async () => {
    const steps: readonly (readonly [readonly string[], string])[] = [
      [['suspend', 'vm-2'], 'paused user'],
      [['resume', 'vm-2'], 'active unpaused'],
      [['managedsave', 'vm-2'], 'suspended saving'],
      [['start', 'vm-2'], 'active restored'],
      [['destroy', 'vm-2'], 'inactive destroyed'],
      [['start', 'vm-2'], 'active booted'],
    ];
    for (const [command, expected] of steps) {
      await virsh('host-a', ...command);
      await expect.poll(() => state('vm-2'), patience).toBe(expected);
    }
    await lab.defineGuest('host-b', { name: 'vm-4', storage: 'none' });
    await expect.poll(() => state('vm-4'), patience).toMatch(/^inactive/);
    await lab.removeGuest('vm-4');
    await expect.poll(() => state('vm-4'), patience).toBe('unknown to all');
  });

  it('measures what its VMs and hosts do', async () => {
    await lab.setLoad('vm-3', 16, 20);
    await expect
      .poll(() => Math.max(...sharesSince(0, 'vm-3').map((share) => share ?? 0)), patience)
      .toBeGreaterThan(0.02);
    await expect
      .poll(() => samples.at(-1)?.hosts.cpuShare.every((share) => share !== null), patience)
      .toBe(true);
    const measured = (pick: (vms: Samples['vms']) => readonly (number | null)[]) =>
      samples.flatMap(({ vms }) => pick(vms)).filter((value) => value !== null);
    await expect
      .poll(() => measured((vms) => vms.diskReadBytesPerSecond).length, patience)
      .toBeGreaterThan(0);
    for (const share of measured((vms) => vms.cpuShare)) expect(share).toBeLessThanOrEqual(1);
    for (const used of measured((vms) => vms.memoryUsedMiB)) expect(used).toBeGreaterThan(1);
    expect(Math.max(...measured((vms) => vms.networkSendBytesPerSecond))).toBeGreaterThanOrEqual(0);
    await lab.setLoad('vm-3', 0, 0);
  });

  it('goes on sampling, event by event, while a QEMU hangs', async () => {
    const pid = (await lab.exec('host-a', ['pgrep', '-f', 'guest=vm-1,'])).trim().split('\n')[0] ?? '';
    await lab.exec('host-a', ['kill', '-STOP', pid]);
    const start = samples.length;
    try {
      // Three full sweeps and what is between them.
      await expect.poll(() => sharesSince(start, 'vm-2').length, patience).toBeGreaterThanOrEqual(12);
      const numbers = sharesSince(start, 'vm-2').filter((share) => share !== null);
      expect(numbers.length).toBeGreaterThanOrEqual(11);
      await virsh('host-a', 'suspend', 'vm-2');
      await expect.poll(() => state('vm-2'), patience).toBe('paused user');
      await virsh('host-a', 'resume', 'vm-2');
      await expect.poll(() => state('vm-2'), patience).toBe('active unpaused');
      expect(connection('host-a')).toBe('connected');
    } finally {
      await lab.exec('host-a', ['kill', '-CONT', pid]);
    }
  });

  it('says that libvirt is stopped, and finds all again when it is back', async () => {
    await lab.stopLibvirt('host-a');
    await expect
      .poll(() => {
        const link = driver('host-a').link();
        return link.state === 'unreachable' ? link.error.code : link.state;
      }, patience)
      .toBe('libvirt-stopped');
    expect(state('vm-1')).toBe('active booted old');
    expect(state('vm-3')).toBe('active booted');
    await expect(driver('host-a').domains.list()).rejects.toMatchObject({
      code: 'host-unreachable',
      message: expect.stringContaining('libvirtd'),
    });
    await lab.startLibvirt('host-a');
    await expect.poll(() => state('vm-1'), patience).toMatch(/^active \S+$/);
    await virsh('host-a', 'suspend', 'vm-1');
    await expect.poll(() => state('vm-1'), patience).toBe('paused user');
    await virsh('host-a', 'resume', 'vm-1');
    await expect.poll(() => state('vm-1'), patience).toBe('active unpaused');
  });

  it('survives a libvirtd that is killed and started at once', async () => {
    await lab.restartLibvirt('host-a', { force: true });
    await expect.poll(() => connection('host-a'), patience).toBe('connected');
    await expect.poll(() => state('vm-1'), patience).toMatch(/^active \S+$/);
    await virsh('host-a', 'suspend', 'vm-1');
    await expect.poll(() => state('vm-1'), patience).toBe('paused user');
    await virsh('host-a', 'resume', 'vm-1');
    await expect.poll(() => state('vm-1'), patience).toBe('active unpaused');
  });

  it('keeps what it knew of a host whose cable is pulled, and of the other what is', async () => {
    await lab.cut('host-b');
    await linkState(driver('host-b'), 'unreachable');
    expect(state('vm-3')).toBe('active booted old');
    expect(connection('host-a')).toBe('connected');
    const start = samples.length;
    await expect.poll(() => sharesSince(start, 'vm-2').length, patience).toBeGreaterThan(1);
    await lab.heal('host-b');
    driver('host-b').reconnect();
    await expect.poll(() => state('vm-3'), patience).toBe('active booted');
  });

  it('finds a host again whose connections broke, with what changed meanwhile', async () => {
    expect(await lab.cutConnections('host-b')).toBeGreaterThan(0);
    await virsh('host-b', 'suspend', 'vm-3');
    await expect.poll(() => state('vm-3'), patience).toBe('paused user');
    await virsh('host-b', 'resume', 'vm-3');
    await expect.poll(() => state('vm-3'), patience).toBe('active unpaused');
  });
});
