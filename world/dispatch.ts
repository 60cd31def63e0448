import type { WorldEvent } from './state/events.ts';
import type { World } from './state/world.ts';

/** Whatever happens by itself, to the room that knows what it means. */
export function dispatch(_world: World, _event: WorldEvent): void {}
