import { stateText } from '../state/readState.ts';
import type { World } from '../state/world.ts';
import type { WorldFolder } from './folder.ts';

const everyMs = 2000;
/** A world so large that writing it takes long is written more seldom: no more than this part of the time goes there. */
const mostOfTime = 0.05;

/** Writes the world down where it has changed, and once more at the end; a new one begins anew until it was written. */
export class StateKeeper {
  readonly #world: World;
  readonly #folder: WorldFolder;
  #timer: NodeJS.Timeout;
  #last = '';

  constructor(world: World, folder: WorldFolder) {
    this.#world = world;
    this.#folder = folder;
    this.#timer = setTimeout(() => this.#keepOn(), everyMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#keep();
  }

  #keepOn(): void {
    const began = performance.now();
    try {
      this.#keep();
    } catch (thrown) {
      // The disk may be full for a while; the world goes on, and is written when there is room again.
      console.error('The world could not be written down:', thrown);
    }
    const tookMs = performance.now() - began;
    this.#timer = setTimeout(() => this.#keepOn(), Math.max(everyMs, tookMs / mostOfTime));
  }

  #keep(): void {
    const text = stateText(this.#world);
    if (text === this.#last) return;
    this.#folder.writeState(text);
    this.#last = text;
  }
}
