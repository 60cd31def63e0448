import type { World } from '../state/world.ts';

/**
 * A migration waits for its console's next word, or its guest has been stopped for the switch-over: until that is over,
 * or its console is taken for gone, time runs no faster than the console's own.
 */
export function waitForConsole(
  world: World,
  uuid: string,
  ...sessions: readonly (string | undefined)[]
): void {
  const known = world.waitingForConsole.get(uuid) ?? [];
  const said = sessions.flatMap((session) => session ?? []);
  world.waitingForConsole.set(uuid, [...new Set([...known, ...said])]);
}

/** It is busy by itself, or over. */
export function goOnWithoutConsole(world: World, uuid: string): void {
  world.waitingForConsole.delete(uuid);
}
