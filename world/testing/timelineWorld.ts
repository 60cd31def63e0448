import { rules } from '../dispatch.ts';
import { builtInScenario } from '../scenario/builtIn.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import { firstState } from '../state/firstState.ts';
import { World } from '../state/world.ts';
import { startedAt } from './testWorld.ts';

/** What an operator says of a migration, nothing of it. */
export const plain = { copyStorage: false, autoConverge: false, postCopy: false };

/** The two servers, and what happens to them. */
export function withTimeline(
  ...entries: readonly (readonly [afterMs: number, action: TimelineAction])[]
): Scenario {
  const timeline = entries.map(([afterMs, action]) => ({ afterMs, action }));
  return { ...builtInScenario('two-servers'), timeline };
}

export function worldOf(scenario: Scenario, seed = 1): World {
  return new World(firstState(scenario, seed, startedAt), scenario, rules);
}

export function run(world: World, milliseconds: number): void {
  world.runTo(world.now + milliseconds);
}

/** Each happening in a line, seconds first. */
export const told = (world: World) =>
  world.state.happenings.map(({ at, kind, object, outcome, reason }) =>
    [(at - startedAt) / 1000, kind, object, outcome, ...(reason === undefined ? [] : [reason])].join(' '),
  );

export const hostOf = (world: World, vm: string) =>
  world.hosts().find(({ domains }) => domains[world.uuidOf(vm)]?.instance !== undefined)?.name;
