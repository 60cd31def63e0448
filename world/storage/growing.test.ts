import { describe, expect, it } from 'vitest';
import { rules } from '../dispatch.ts';
import { resumeDomain } from '../domains/power.ts';
import { hostCountersOf, inspectionOf } from '../hosts/telling.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import { readState, stateText } from '../state/readState.ts';
import { World } from '../state/world.ts';
import { TestWorld } from '../testing/testWorld.ts';
import { createImage, inspectFile } from './files.ts';
import { fillPool } from './filling.ts';
import { freeBytesOf, placeOf } from './stores.ts';

const disk = '/srv/shared/database-01.qcow2';
const gibibyte = 1024 ** 3;

function open() {
  const test = new TestWorld();
  const { world } = test;
  const size = (path = disk) => inspectFile(world, test.host('server-a'), path)?.usedBytes ?? 0;
  const free = () => {
    const place = placeOf(world, 'server-a', disk);
    return place === undefined ? 0 : freeBytesOf(world, place);
  };
  return { test, world, size, free };
}

describe('the disks of simulated guests', () => {
  it('grow by a twentieth of what their guests write, and their store fills by as much', async () => {
    const { test, world, size, free } = open();
    const [before, freeBefore] = [size(), free()];
    await test.pass(3_600_000);
    const written = hostCountersOf(world, test.host('server-a'), 'full').diskWriteBytes ?? 0;
    expect(size() - before).toBeGreaterThan(0.8 * 0.05 * written);
    expect(size() - before).toBeLessThan(0.05 * written);
    expect(freeBefore - free()).toBeGreaterThan(size() - before);
    const told = inspectionOf(world, test.host('server-b')).pools[0]?.availableBytes ?? 0;
    expect(Math.abs(told - free())).toBeLessThan(0.001 * gibibyte);
  });

  it('are the same however often somebody looks at them', async () => {
    const looked = open();
    for (let turn = 0; turn < 40; turn += 1) {
      await looked.test.pass(50_000);
      looked.size();
      looked.free();
    }
    const other = open();
    await other.test.pass(2_000_000);
    expect(stateText(looked.world)).toBe(stateText(other.world));
    const again = new World(
      readState(stateText(other.world), builtInScenario('two-servers'), '/anywhere'),
      builtInScenario('two-servers'),
      rules,
    );
    again.runTo(again.now + 2_000_000);
    other.world.runTo(other.world.now + 2_000_000);
    expect(stateText(again)).toBe(stateText(other.world));
  });
});

describe('a store that is full', () => {
  it('stops guests that write where nothing was, and again if they are let run without any room', async () => {
    const { test, world, free } = open();
    fillPool(world, 'shared', 1);
    await test.pass(1);
    expect(free()).toBe(0);
    for (const vm of ['web-01', 'database-01', 'cache-01'])
      expect(test.stateOf('server-a', vm)).toBe('paused (io-error)');
    // Its disk is on another store.
    expect(test.stateOf('server-b', 'batch-01')).toMatch(/^active/);
    expect(() =>
      createImage(
        world,
        test.host('server-a'),
        { path: '/srv/shared/new.qcow2', format: 'qcow2', virtualBytes: gibibyte },
        'mine',
      ),
    ).toThrow(/No space left on device/);
    const resume = () =>
      resumeDomain(world, test.host('server-a'), test.uuid('database-01'), {
        ok: () => undefined,
        fail: (error) => {
          throw error;
        },
      });
    resume();
    expect(test.stateOf('server-a', 'database-01')).toBe('active (unpaused)');
    await test.pass(15_000);
    expect(test.stateOf('server-a', 'database-01')).toBe('paused (io-error)');
    fillPool(world, 'shared', 0.5);
    resume();
    await test.pass(600_000);
    expect(test.stateOf('server-a', 'database-01')).toBe('active (unpaused)');
    expect(free()).toBeLessThanOrEqual(1024 * gibibyte);
    expect(free()).toBeGreaterThan(1020 * gibibyte);
  });

  it('is reached by what guests write, to the byte', async () => {
    const { test, world, free } = open();
    fillPool(world, 'shared', 1 - 0.2 / 2048);
    const room = free();
    expect(room).toBeGreaterThan(0.19 * gibibyte);
    await test.until('stopped', () => test.stateOf('server-a', 'database-01') === 'paused (io-error)');
    expect(free()).toBe(0);
    expect(world.state.stores['shared']?.full).toBe(true);
  });
});
