import { describe, expect, it } from 'vitest';
import { worldProtocol } from '#shared/contract/worldContract.ts';
import { rules } from '../dispatch.ts';
import { domainCounters } from '../domains/describe.ts';
import { pauseDomain } from '../domains/power.ts';
import { hostCountersOf } from '../hosts/telling.ts';
import { allSessionsGone } from '../migrations/sessionGone.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { readState, stateText } from './readState.ts';
import { World } from './world.ts';

const scenario = builtInScenario('two-servers');

/** The same story each time; `onLook` may ask for figures, which must not change it. */
async function story(seed: number, onLook: (test: TestWorld) => Promise<void> = async () => undefined) {
  const test = new TestWorld(seed);
  const migration = new TestMigration(test, 'cache-01', 'server-b', { autoConverge: true });
  const performing = await migration.toPerforming();
  await test.pass(3333);
  await onLook(test);
  test.strike({ kind: 'slow-link', host: 'server-b', rateBitsPerSecond: 5e9 });
  await test.pass(7777);
  await onLook(test);
  await test.come(performing);
  await test.come(migration.finish());
  await test.come(migration.confirm());
  test.strike({ kind: 'hang-vm', host: 'server-a', uuid: test.uuid('web-01') });
  await test.pass(61_234);
  await onLook(test);
  test.strike({ kind: 'power-off', host: 'server-a' });
  await test.pass(1000);
  test.strike({ kind: 'power-on', host: 'server-a' });
  await test.pass(45_000);
  return test;
}

describe('a simulated world', () => {
  it('is the same to the byte for the same scenario, seed and story', async () => {
    const one = stateText((await story(7)).world);
    expect(stateText((await story(7)).world)).toBe(one);
    expect(stateText((await story(8)).world)).not.toBe(one);
  });

  it('is not changed by whoever asks for figures', async () => {
    const asked = await story(7, async (test) => {
      for (const host of test.world.hosts()) {
        hostCountersOf(test.world, host, 'full');
        domainCounters(test.world, host, 'full');
      }
      await test.pass(0);
    });
    expect(stateText(asked.world)).toBe(stateText((await story(7)).world));
  });

  it('goes on from what was written down as if nothing had been', async () => {
    const test = await story(7);
    const text = stateText(test.world);
    const again = new World(readState(text, scenario, '/anywhere'), scenario, rules);
    expect(stateText(again)).toBe(text);
    test.world.runTo(test.world.now + 3_600_000);
    again.runTo(again.now + 3_600_000);
    expect(stateText(again)).toBe(stateText(test.world));
  });

  it('written down in the midst of a migration is found as after lost connections', async () => {
    const test = new TestWorld();
    const migration = new TestMigration(test, 'database-01', 'server-b');
    await migration.toPerforming();
    await test.pass(2000);
    const again = new World(readState(stateText(test.world), scenario, '/anywhere'), scenario, rules);
    allSessionsGone(again);
    again.runTo(again.now + 60_000);
    expect(again.host('server-a')?.domains[migration.uuid]?.instance).toMatchObject({ state: 'active' });
    expect(again.host('server-b')?.domains[migration.uuid]).toBeUndefined();
    expect(again.state.transfers).toEqual({});
  });

  it('counts every nanosecond of its hosts once, whatever happens on them', async () => {
    const test = new TestWorld();
    const host = test.host('server-a');
    const began = test.world.now;
    for (let turn = 0; turn < 50; turn += 1) {
      await test.pass(1234);
      if (turn % 7 === 0) {
        const uuid = test.uuid('web-01');
        if (turn % 14 === 0) pauseDomain(test.world, host, uuid);
        hostCountersOf(test.world, host, 'full');
      }
    }
    const { cpuBusyNs, cpuTotalNs } = hostCountersOf(test.world, host, 'full');
    expect(cpuTotalNs / 1e6).toBeCloseTo((test.world.now - began) * 16, -1);
    expect(cpuBusyNs).toBeLessThan(cpuTotalNs);
    const guests = domainCounters(test.world, host, 'cheap');
    const guestNs = guests.reduce((sum, { cpuTimeNs }) => sum + cpuTimeNs, 0);
    expect(guestNs).toBeLessThan(cpuBusyNs);
    expect(guestNs).toBeGreaterThan(cpuBusyNs / 2);
  });

  it.each([
    ['{"version":', /damaged/],
    [`{"version":${worldProtocol},"scenario":"two-servers","hosts":{}}`, /damaged/],
    ['{"version":999,"scenario":"two-servers"}', /speaks version 999 .* this one speaks version \d+/],
    [
      `{"version":${worldProtocol},"scenario":"harbour"}`,
      /holds a world of the scenario harbour, not two-servers/,
    ],
  ])('is not made of %s', (text, reason) => {
    expect(() => readState(text, scenario, '/anywhere')).toThrow(reason);
  });
});
