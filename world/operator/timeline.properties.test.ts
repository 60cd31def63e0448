import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rules } from '../dispatch.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import { firstState } from '../state/firstState.ts';
import { stateText } from '../state/readState.ts';
import { World } from '../state/world.ts';
import { startedAt } from '../testing/testWorld.ts';

const base = builtInScenario('two-servers');
const host = fc.constantFrom(...base.hosts.map(({ name }) => name));
const vm = fc.constantFrom(...base.vms.map(({ name }) => name));
const options = fc.record({ copyStorage: fc.boolean(), autoConverge: fc.boolean(), postCopy: fc.boolean() });

const action: fc.Arbitrary<TimelineAction> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('power-off', 'power-on', 'cut-link', 'mend-link', 'restart-libvirt'),
    host,
  }),
  fc.record({ kind: fc.constant('slow-link'), host, rateBitsPerSecond: fc.constantFrom(2e8, 1e9) }),
  fc.record({ kind: fc.constantFrom('cut-switch', 'mend-switch'), switch: fc.constant('rack') }),
  fc.record({ kind: fc.constantFrom('crash-vm', 'hang-vm', 'unhang-vm', 'start-vm', 'stop-vm'), vm }),
  fc.record({
    kind: fc.constant('fill-pool'),
    pool: fc.constantFrom('shared', 'local'),
    share: fc.constantFrom(0, 1),
  }),
  fc.tuple(vm, host, options).map(([vm, to, more]) => ({ kind: 'migrate-vm' as const, vm, to, ...more })),
  fc.tuple(host, fc.integer({ min: 1, max: 3 }), options).map(([host, atOnce, more]) => ({
    kind: 'evacuate' as const,
    host,
    atOnce,
    ...more,
  })),
);

const timeline = fc
  .array(fc.record({ afterMs: fc.integer({ min: 0, max: 240_000 }), action }), {
    minLength: 3,
    maxLength: 14,
  })
  .map((entries) => entries.toSorted((one, other) => one.afterMs - other.afterMs));

function worldOf(entries: Scenario['timeline']): World {
  const scenario: Scenario = {
    ...base,
    timeline: entries,
    switches: [
      { name: 'core', latencyMs: 0 },
      { name: 'rack', latencyMs: 0, uplink: { to: 'core', bitsPerSecond: 10e9 } },
    ],
    hosts: base.hosts.map((each, index) => (index === 0 ? { ...each, switch: 'rack' } : each)),
  };
  return new World(firstState(scenario, 1, startedAt), scenario, rules);
}

/** Names of guests that execute on more than one host. */
function runningTwice(world: World): readonly string[] {
  const running = world
    .hosts()
    .flatMap(({ domains }) => Object.values(domains))
    .filter(({ instance }) => instance?.state === 'active')
    .map(({ definition }) => definition.name);
  return running.filter((name, index) => running.indexOf(name) !== index);
}

it('whatever a timeline has, no guest runs twice, all is noted, and it is the same again', () => {
  fc.assert(
    fc.property(timeline, (entries) => {
      const world = worldOf(entries);
      let twice: readonly string[] = [];
      world.runTo(startedAt + 1_800_000, () => {
        if (twice.length === 0) twice = runningTwice(world);
        return false;
      });
      expect(twice).toEqual([]);
      const noted = world.state.happenings;
      for (const { action } of entries) expect(noted.some(({ kind }) => kind === action.kind)).toBe(true);
      for (const { uuid } of Object.values(world.state.moves)) {
        expect(world.hosts().some(({ domains }) => domains[uuid]?.instance !== undefined)).toBe(true);
      }
      const again = worldOf(entries);
      again.runTo(startedAt + 1_800_000);
      expect(stateText(again)).toBe(stateText(world));
    }),
    { numRuns: 40, seed: 20_261_126 },
  );
}, 60_000);
