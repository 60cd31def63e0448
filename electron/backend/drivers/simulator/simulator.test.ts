import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DroverError } from '#shared/contract/errors.ts';
import { wallClock } from '../../clock/clock.ts';
import { endWorld } from '../../simulation/endWorld.ts';
import { SimulatedConsole, until } from '../../simulation/testing/simulatedConsole.ts';
import type { WorldLink } from '../../simulation/worldLink.ts';
import { WorldPlaces } from '../../simulation/worldPlaces.ts';
import { nodeWorldProgram } from '../../simulation/worldProgram.ts';
import { Worlds } from '../../simulation/worlds.ts';
import type { DomainEvent, HostDriver } from '../drivers.ts';
import { parseDomainXml } from '../xml/domainXml.ts';
import { simulatedAddress, simulatorDrivers } from './simulator.ts';

describe('the driver of simulated hosts', { timeout: 120_000 }, () => {
  const console_ = new SimulatedConsole();
  const worlds = new Worlds({ wall: wallClock, program: nodeWorldProgram(), console: 'tester' });
  let link: WorldLink;
  let here: HostDriver;
  let there: HostDriver;

  beforeAll(async () => {
    const place = new WorldPlaces(console_.dataFolder).reserve('two-servers', () => false);
    link = worlds.open(
      { ...place, scenario: 'two-servers', title: 'Two servers', seed: 1, made: true },
      'Two servers',
    );
    await link.reach(true);
    const open = simulatorDrivers({ world: (key) => worlds.get(key), random: Math.random });
    here = open({ name: 'server-a', address: simulatedAddress(place.key, 'server-a'), credentials: {} });
    there = open({ name: 'server-b', address: simulatedAddress(place.key, 'server-b'), credentials: {} });
    await Promise.all([here.connected(), there.connected()]);
  }, 90_000);
  afterAll(async () => {
    await Promise.all([here.close(), there.close()]);
    await endWorld(link);
    worlds.close();
    await console_.end();
  }, 60_000);

  const find = async (name: string) => {
    const found = (await here.domains.list()).find((domain) => domain.name === name);
    if (found === undefined) throw new Error(`${name} is not there`);
    return found;
  };

  it('reads and writes definitions as libvirt has them', async () => {
    const web = await find('web-01');
    const xml = await here.domains.xml(web.uuid, 'current');
    expect(web).toMatchObject(parseDomainXml(xml));
    const events: DomainEvent[] = [];
    const end = here.domains.subscribe((event) => events.push(event));
    const fresh = xml
      .replace(web.uuid, '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa09')
      .replace('>web-01<', '>web-09<');
    const defined = await here.domains.define(fresh);
    expect(defined).toEqual({ uuid: '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa09', name: 'web-09' });
    expect(await find('web-09')).toMatchObject({
      state: 'inactive',
      guestSystem: 'Debian 12',
      memoryMiB: web.memoryMiB,
      autostart: false,
    });
    await here.domains.undefine(defined.uuid);
    expect(await here.domains.describe(defined.uuid)).toBeUndefined();
    await until('the events came', async () =>
      events.some((event) => event.kind === 'gone' && event.uuid === defined.uuid) ? true : undefined,
    );
    end();
  });

  it.each([
    ['no XML', 'nothing of the kind', 'it is no domain XML'],
    ['no name', "<domain type='kvm'><memory>1048576</memory></domain>", 'it has no <name>'],
    ['no memory', "<domain type='kvm'><name>x</name></domain>", 'its <memory>'],
    ['no vCPUs', "<domain type='kvm'><name>x</name><memory>1048576</memory><vcpu>0</vcpu></domain>", 'vCPUs'],
  ])('refuses a definition with %s', async (_what, xml, cause) => {
    await expect(here.domains.define(xml)).rejects.toMatchObject({
      code: 'libvirt-refused',
      message: expect.stringContaining(cause),
    });
  });

  it('gives the verbs to the host, whose refusals arrive as they are', async () => {
    const { uuid } = await find('web-01');
    await here.domains.pause(uuid);
    expect(await here.domains.state(uuid)).toMatchObject({ state: 'paused', reason: 'user' });
    await here.domains.resume(uuid);
    expect(await here.domains.state(uuid)).toMatchObject({ state: 'active' });
    await expect(here.domains.start(uuid)).rejects.toBeInstanceOf(DroverError);
    expect(await here.domains.state('00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });

  it('proves shared storage by a marker, measures, and looks the host over', async () => {
    const [disk] = (await find('web-01')).disks;
    const path = disk?.source ?? '';
    await here.storage.writeMarker(path, 'token-1');
    expect(await there.storage.hasMarker(path, 'token-1')).toBe(true);
    await here.storage.removeMarker(path, 'token-1');
    expect(await there.storage.hasMarker(path, 'token-1')).toBe(false);
    expect(await here.storage.inspect('/nowhere/at-all.qcow2')).toBeUndefined();
    const capacity = await here.telemetry.capacity();
    expect((await here.telemetry.host('cheap')).memoryTotalMiB).toBe(capacity.memoryMiB);
    expect(await here.telemetry.domains('full')).toHaveLength(3);
    const { cpuXml, pools } = await here.inspection.inspect();
    expect(pools.map(({ name }) => name)).toEqual(['local', 'shared']);
    expect(await there.inspection.offersCpu(cpuXml)).toEqual({ compatible: true });
    expect(await there.inspection.offersCpu("<cpu><model>x</model><feature name='amx-tile'/></cpu>")).toEqual(
      { compatible: false, cause: 'its CPU lacks amx-tile' },
    );
  });

  it("waits for a silent host no longer than its deadline, in the cluster's time", async () => {
    await link.client().fault({ kind: 'cut-link', host: 'server-b' });
    await expect(there.domains.list({ deadlineMs: 800 })).rejects.toMatchObject({ code: 'timed-out' });
    await link.client().clock.set({ rate: 600 });
    await until('the session is given up', async () =>
      there.link().state === 'unreachable' ? true : undefined,
    );
    await expect(there.domains.list()).rejects.toMatchObject({ code: 'host-unreachable' });
    await link.client().fault({ kind: 'mend-link', host: 'server-b' });
    await until('it is connected again', async () => (there.link().state === 'connected' ? true : undefined));
    await link.client().clock.set({ rate: 1 });
  });
});
