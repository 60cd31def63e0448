import type { Happening } from '#shared/model/happening.ts';
import type { World } from './world.ts';

/** Older ones are forgotten. */
const mostHappenings = 10_000;

/** Puts down that something has happened, just now, and tells whoever waits for such. */
export function noteHappening(world: World, what: Omit<Happening, 'at'>): void {
  const { happenings } = world.state;
  const happening: Happening = { at: world.now, ...what };
  happenings.push(happening);
  if (happenings.length > mostHappenings) happenings.shift();
  world.happened(happening);
}
