import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorldFault } from '#shared/model/simulation.ts';
import type { VmState } from '#shared/model/vm.ts';
import { wallClock } from '../../electron/backend/clock/clock.ts';
import type { HostDriver } from '../../electron/backend/drivers/drivers.ts';
import { simulatedAddress, simulatorDrivers } from '../../electron/backend/drivers/simulator/simulator.ts';
import { testWorldProgram } from '../../electron/backend/simulation/testing/simulatedConsole.ts';
import type { WorldLink } from '../../electron/backend/simulation/worldLink.ts';
import { Worlds } from '../../electron/backend/simulation/worlds.ts';
import { listDomains, openSession } from '../../world/testing/askHost.ts';
import { guestXml } from '../lab/guestXml.ts';
import { insideHost } from '../lab/places.ts';
import { type Stage, type StageHost, until } from './stage.ts';

const key = 'conformance';
const guestName = 'web-01';
const folders = { shared: '/srv/shared', local: '/var/lib/libvirt/images' } as const;
const rate = 30;
/** Longer than the guest boots, in its cluster's time. */
const bootsWithinMs = 15_000;

/** Two hosts of a simulated world, in a process of its own; the witness is another console's session with them. */
export async function openSimulatedStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-world-'));
  const worlds = new Worlds({ wall: wallClock, program: testWorldProgram(), console: 'conformance' });
  const record = { key, folder, scenario: 'two-servers', title: 'Two servers', seed: 1, made: true };
  const world = worlds.open(record, 'Two servers');
  await world.reach(true);
  await world.client().clock.set({ rate });
  const openDriver = simulatorDrivers({ world: (name) => worlds.get(name), random: Math.random });
  const drivers: HostDriver[] = [];
  const open = (name: string): HostDriver => {
    const driver = openDriver({ name, address: simulatedAddress(key, name), credentials: {} });
    drivers.push(driver);
    return driver;
  };
  const strike = async (fault: WorldFault) => {
    await world.client().fault(fault);
  };
  const host = (name: string): StageHost => ({
    name,
    driver: open(name),
    another: () => open(name),
    kill: () => strike({ kind: 'power-off', host: name }),
    revive: () => strike({ kind: 'power-on', host: name }),
    cut: () => strike({ kind: 'cut-link', host: name }),
    heal: () => strike({ kind: 'mend-link', host: name }),
    async restartLibvirt() {
      await strike({ kind: 'restart-libvirt', host: name });
      await until('libvirt to be up again', () => takesLogin(world, name), Boolean);
    },
  });
  const first = host('server-a');
  const second = host('server-b');
  await Promise.all([first.driver.connected(), second.driver.connected()]);
  const guest = (await first.driver.domains.list()).find(({ name }) => name === guestName);
  if (guest === undefined) throw new Error(`the scenario has no ${guestName} on server-a`);
  await first.driver.domains.setAutostart(guest.uuid, false);
  const defined = new Map<string, string>();
  return {
    kind: 'simulator',
    first,
    second,
    clock: world.clock,
    folders,
    bandwidths: { slow: 100, quick: 200, capped: { rate: 50, mebibytes: 500 }, endless: 16 },
    guest: { name: guestName, uuid: guest.uuid, memoryMiB: guest.memoryMiB },
    async definition(name) {
      const uuid = defined.get(name) ?? `0badc0de-0000-4000-8000-${String(defined.size).padStart(12, '0')}`;
      const path = `${folders.shared}/${name}.qcow2`;
      const storage = second.driver.storage;
      if (!defined.has(name) || (await storage.inspect(path)) === undefined)
        await storage.createImage({ path, format: 'qcow2', virtualBytes: 64 * 1_048_576 }, name);
      defined.set(name, uuid);
      const place = { uuid, address: '10.90.250.250', mac: '52:54:00:4d:fa:fa' };
      return {
        xml: guestXml({ name, vnc: false }, place).replaceAll(insideHost.sharedPool, folders.shared),
        uuid,
      };
    },
    async forget(name) {
      await second.driver.storage.removeImage(`${folders.shared}/${name}.qcow2`, name);
    },
    sightings: (name) => sightings(world, [first.name, second.name], name),
    // What a simulated guest does is its scenario's.
    setLoad: async () => undefined,
    hears: () => new Promise((resolve) => setTimeout(resolve, bootsWithinMs / rate)),
    async close() {
      await Promise.all(drivers.map((driver) => driver.close()));
      await world
        .client()
        .end({ forget: true })
        .catch(() => undefined);
      worlds.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** libvirt's words, so that both stages are asked alike. */
const words: Readonly<Record<VmState, string>> = {
  active: 'running',
  paused: 'paused',
  inactive: 'shut off',
  suspended: 'shut off',
  unknown: 'unknown',
};

/** Whether the host takes a login just now. */
export async function takesLogin(world: WorldLink, host: string): Promise<boolean> {
  const client = world.client();
  try {
    const session = await openSession(client, host);
    await client.session.close({ session });
    return true;
  } catch {
    return false;
  }
}

/** Asked over sessions of its own, apart from the drivers under test. */
async function sightings(
  world: WorldLink,
  hosts: readonly string[],
  name: string,
): Promise<readonly string[]> {
  const client = world.client();
  const seen = await Promise.all(
    hosts.map(async (host) => {
      const session = await openSession(client, host);
      const domain = (await listDomains(client, session)).find((each) => each.name === name);
      await client.session.close({ session });
      return domain === undefined ? [] : [`${host} ${words[domain.state]}`];
    }),
  );
  return seen.flat();
}
