import type { World } from '../state/world.ts';

export function fillPool(_world: World, _pool: string, _share: number): void {
  throw new Error('pools that fill are not in the engine yet');
}
