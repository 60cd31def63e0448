import type { Happening } from '#shared/model/happening.ts';
import type { World } from './world.ts';

/** Older ones are forgotten where there are more: a world may run for months. */
const mostHappenings = 10_000;

/** Puts down that something has happened, just now, and tells whoever waits for such. */
export function noteHappening(world: World, happening: Omit<Happening, 'at'>): void {
  const { happenings } = world.state;
  const noted: Happening = { at: Math.round(world.now), ...happening };
  happenings.push(noted);
  if (happenings.length > mostHappenings) happenings.shift();
  world.happened(noted);
}

/** What an error says, without what was tried: that is the happening's own. */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/^Ask libvirt on [^:]+: libvirt answered: /, '').replace(/\.$/, '');
}
