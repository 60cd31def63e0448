import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorldFault } from '#shared/model/simulation.ts';
import type { VmState } from '#shared/model/vm.ts';
import { pause, wallClock } from '../../electron/backend/clock/clock.ts';
import type { HostDriver } from '../../electron/backend/drivers/drivers.ts';
import { simulatedAddress, simulatorDrivers } from '../../electron/backend/drivers/simulator/simulator.ts';
import { testWorldProgram } from '../../electron/backend/simulation/testing/simulatedConsole.ts';
import type { WorldLink } from '../../electron/backend/simulation/worldLink.ts';
import { Worlds } from '../../electron/backend/simulation/worlds.ts';
import { DroverStage } from '../lab-tests/droverStage.ts';
import type { FaultGround } from '../lab-tests/faultGround.ts';
import { takesLogin } from './simulatedStage.ts';
import { until } from './stage.ts';

const key = 'witness';
/**
 * It writes hard: over a slow link it converges only in post-copy. With less memory than in the scenario it is through
 * in 5 s over a fast one, as the lab's guest is: before a libvirt that is restarted loses its patience.
 */
const guest = 'cache-01';
const memoryMiB = 2048;
const hosts = ['server-a', 'server-b'] as const;
const rate = 60;
/** Where it matters who is first, Drover, the test or a host that comes back: their own milliseconds count for less. */
const closeRate = 20;
const slowBitsPerSecond = 1e9;
const lookEveryMs = 1;

export interface SimulatedFaultStage {
  readonly stage: DroverStage;
  readonly ground: FaultGround;
  close(): Promise<void>;
}

/** A Drover with a simulated cluster, and a second console on its world that strikes and bears witness. */
export async function openSimulatedFaultStage(): Promise<SimulatedFaultStage> {
  const stage = new DroverStage(mkdtempSync(join(tmpdir(), 'drover-stage-')));
  await stage.start();
  const cluster = await stage.client.clusters.addSimulated({ scenario: 'two-servers', seed: 1 });
  const worlds = new Worlds({ wall: wallClock, program: testWorldProgram(), console: 'witness' });
  const folder = join(stage.dataFolder, 'worlds', 'two-servers');
  const record = { key, folder, scenario: 'two-servers', title: 'Two servers', seed: 1, made: false };
  const world = worlds.open(record, cluster.name);
  await world.reach(false);
  await world.client().clock.set({ rate });
  const openDriver = simulatorDrivers({ world: (name) => worlds.get(name), random: Math.random });
  const drivers = new Map(
    hosts.map((name) => [
      name as string,
      openDriver({ name, address: simulatedAddress(key, name), credentials: {} }),
    ]),
  );
  await Promise.all([...drivers.values()].map((driver) => driver.connected()));
  return {
    stage,
    ground: await groundOf(world, drivers),
    async close() {
      await Promise.all([...drivers.values()].map((driver) => driver.close()));
      await stage.client.clusters.remove({ clusterId: cluster.id }).catch(() => undefined);
      worlds.close();
      await stage.stop();
      rmSync(stage.dataFolder, { recursive: true, force: true });
    },
  };
}

/** libvirt's words, so that both grounds are asked alike. */
const words: Readonly<Record<VmState, string>> = {
  active: 'running',
  paused: 'paused',
  inactive: 'shut off',
  suspended: 'shut off',
  unknown: 'unknown',
};

async function groundOf(world: WorldLink, drivers: ReadonlyMap<string, HostDriver>): Promise<FaultGround> {
  const first = driverOf(drivers, hosts[0]);
  const uuid = (await first.domains.list()).find(({ name }) => name === guest)?.uuid ?? '';
  // A host that is switched on again would start it by itself, and the table would not know it from the one before.
  await first.domains.setAutostart(uuid, false);
  const xml = withMemory(await first.domains.xml(uuid, 'inactive'));
  await first.domains.destroy(uuid);
  const strike = async (fault: WorldFault) => {
    await world.client().fault(fault);
  };
  const living = () => [...drivers].filter(([, driver]) => driver.link().state === 'connected');
  const seen = async (deadlineMs?: number) =>
    (
      await Promise.all(
        living().map(async ([host, driver]) => {
          const state = await driver.domains
            .state(uuid, deadlineMs === undefined ? {} : { deadlineMs })
            .catch(() => undefined);
          return state === undefined ? [] : [{ host, state: words[state.state], reason: state.reason }];
        }),
      )
    ).flat();
  return {
    guest,
    hosts,
    async provideGuest() {
      await world.client().clock.set({ rate });
      await Promise.all([...drivers.values()].map(answering));
      const sightings = await seen();
      if (sightings.length === 1 && sightings[0]?.state === 'running') return;
      for (const { host, state } of sightings) {
        const { domains } = driverOf(drivers, host);
        if (state !== 'shut off') await domains.destroy(uuid).catch(() => undefined);
        await domains.undefine(uuid).catch(() => undefined);
      }
      await first.domains.define(xml);
      await first.domains.start(uuid);
    },
    options: (phase) => (phase === 'post-copy' ? { postCopy: true } : {}),
    slow: (host) => strike({ kind: 'slow-link', host, rateBitsPerSecond: slowBitsPerSecond }),
    sightings: () => seen(1000),
    bootMark: async () => {
      const bootedAt = await world.client().guestBootedAt({ uuid });
      return bootedAt === null ? undefined : String(bootedAt);
    },
    kill: (host) => strike({ kind: 'power-off', host }),
    async revive(host) {
      await strike({ kind: 'power-on', host });
      await answering(driverOf(drivers, host));
    },
    async cut(host) {
      await world.client().clock.set({ rate: closeRate });
      await strike({ kind: 'cut-link', host });
    },
    async heal(host) {
      await strike({ kind: 'mend-link', host });
      // The witness lost its own connection too, and has to have it back before it is asked: virsh needs none.
      await answering(driverOf(drivers, host));
    },
    mend: (host) => strike({ kind: 'mend-link', host }),
    async restartLibvirt(host) {
      await world.client().clock.set({ rate: closeRate });
      await strike({ kind: 'restart-libvirt', host });
      await until('libvirt to be up again', () => takesLogin(world, host), Boolean, lookEveryMs);
      // The witness is to be there before anybody asks it; nobody waits for that.
      void answering(driverOf(drivers, host)).catch(() => undefined);
    },
    loseConnections: (host) => strike({ kind: 'drop-connections', host }),
    setDistance: (host, oneWayMs) => strike({ kind: 'distance', host, oneWayMs }),
    pause: (milliseconds) => pause(world.clock, milliseconds, new AbortController().signal),
    lookEveryMs,
  };
}

function withMemory(xml: string): string {
  return xml.replace(
    /<(memory|currentMemory)\b[^>]*>[^<]*<\/\1>/g,
    (_, name) => `<${name} unit='MiB'>${memoryMiB}</${name}>`,
  );
}

/** A host that was away takes a while to be back. */
async function answering(driver: HostDriver): Promise<void> {
  await until(
    'the host to answer the witness',
    () => {
      if (driver.link().state === 'unreachable') driver.reconnect();
      return driver.link().state;
    },
    (state) => state === 'connected',
  );
}

function driverOf(drivers: ReadonlyMap<string, HostDriver>, host: string): HostDriver {
  const driver = drivers.get(host);
  if (driver === undefined) throw new Error(`no host ${host} in this world`);
  return driver;
}
