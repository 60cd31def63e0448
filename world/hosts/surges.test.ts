import { describe, expect, it } from 'vitest';
import { rules } from '../dispatch.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import { readState, stateText } from '../state/readState.ts';
import { World } from '../state/world.ts';
import { TestMigration, TestWorld } from '../testing/testWorld.ts';
import { guestLoad } from './columns.ts';
import { beginSurge } from './surges.ts';

function open() {
  const test = new TestWorld();
  const uuid = test.uuid('web-01');
  const cores = (host = 'server-a') => guestLoad(test.world, test.host(host), uuid)?.cores ?? 0;
  return { test, world: test.world, uuid, cores };
}

/** What it would have asked for at the same moment. */
async function undisturbed(passMs: number): Promise<number> {
  const { test, cores } = open();
  await test.pass(passMs);
  return cores();
}

describe('a surge', () => {
  it('multiplies what guests ask for from the next 10 s on until its end, and no further than their vCPUs', async () => {
    const { test, world, uuid, cores } = open();
    await test.pass(3000);
    beginSurge(world, [uuid], 2, world.now + 60_000);
    expect(cores()).toBeCloseTo(await undisturbed(3000), 12);
    await test.pass(10_000);
    expect(cores()).toBeCloseTo(2 * (await undisturbed(13_000)), 12);
    beginSurge(world, [uuid], 1.2, world.now + 20_000);
    await test.pass(10_000);
    expect(cores()).toBeCloseTo(2 * 1.2 * (await undisturbed(23_000)), 12);
    beginSurge(world, [uuid], 1000, world.now + 10_000);
    await test.pass(10_000);
    expect(cores()).toBe(2);
    await test.pass(60_000);
    expect(cores()).toBeCloseTo(await undisturbed(93_000), 12);
    expect(world.state.surges).toEqual([]);
  });

  it('goes along with its guest, and outlives the process', async () => {
    const { test, world, uuid, cores } = open();
    beginSurge(world, [uuid], 3, world.now + 3_600_000);
    await test.pass(10_000);
    const before = cores();
    const again = new World(
      readState(stateText(world), builtInScenario('two-servers'), '/anywhere'),
      builtInScenario('two-servers'),
      rules,
    );
    again.runTo(again.now + 100_000);
    const host = again.host('server-a');
    expect(host && guestLoad(again, host, uuid)?.cores).toBeGreaterThan(before * 0.5);
    await new TestMigration(test, 'web-01', 'server-b').run();
    await test.pass(10_000);
    expect(cores('server-b')).toBeGreaterThan(before * 0.5);
    expect(before).toBeGreaterThan(2 * (await undisturbed(10_000)));
  });
});
