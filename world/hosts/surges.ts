import type { World } from '../state/world.ts';

export function beginSurge(_world: World, _uuids: readonly string[], _times: number, _untilMs: number): void {
  throw new Error('surges are not in the engine yet');
}
