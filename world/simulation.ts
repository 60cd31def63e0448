import { consolePatienceMs, type RealTime, WorldClock } from './clock/worldClock.ts';
import { Consoles } from './consoles/consoles.ts';
import { rules } from './dispatch.ts';
import { allSessionsGone, sessionGone } from './migrations/sessionGone.ts';
import { movesLost } from './operator/losing.ts';
import type { Scenario } from './scenario/scenario.ts';
import { Sessions } from './sessions/sessions.ts';
import type { WorldState } from './state/state.ts';
import { World } from './state/world.ts';

/** A world with its consoles' sessions and its clock: everything but the process around it. */
export interface Simulation {
  readonly world: World;
  readonly sessions: Sessions;
  readonly consoles: Consoles;
  readonly clock: WorldClock;
}

export function startSimulation(input: {
  readonly state: WorldState;
  readonly scenario: Scenario;
  readonly real: RealTime;
}): Simulation {
  const { state, scenario, real } = input;
  const world = new World(state, scenario, rules);
  const sessions = new Sessions(world, sessionGone, () => real.now());
  allSessionsGone(world);
  movesLost(world);
  const isHeld = () =>
    [...world.waitingForConsole.values()].some((ids) => sessions.isHeard(ids, consolePatienceMs));
  const consoles = new Consoles(world, sessions);
  return { world, sessions, consoles, clock: new WorldClock(world, real, isHeld) };
}
