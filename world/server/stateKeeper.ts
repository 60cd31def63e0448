import { stateText } from '../state/readState.ts';
import { stateParts } from '../state/stateParts.ts';
import type { World } from '../state/world.ts';
import type { WorldFolder } from './folder.ts';

const everyMs = 2000;
/** Whoever waits for a large world to answer is not to wait for this, too. */
const firstMs = 100;
/** A world so large that writing it takes long is written more seldom: no more than this part of the time goes there. */
const mostOfTime = 0.05;
/** But never than this: what was not written is lost with a killed process. */
const mostMs = 10_000;
/** So long at a stretch it is at it. */
const turnMs = 5;

/** Writes the world down soon after its start, where it has changed, and once more at the end. */
export class StateKeeper {
  readonly #world: World;
  readonly #folder: WorldFolder;
  #timer: NodeJS.Timeout;
  #last = '';
  #isStopped = false;

  constructor(world: World, folder: WorldFolder) {
    this.#world = world;
    this.#folder = folder;
    this.#timer = setTimeout(() => void this.#keepOn(), firstMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#write(stateText(this.#world));
  }

  async #keepOn(): Promise<void> {
    let workedMs = 0;
    try {
      const made = await this.#textInTurns();
      await anotherTurn();
      if (this.#isStopped) return;
      const began = performance.now();
      this.#write(made.text);
      workedMs = made.workedMs + performance.now() - began;
    } catch (thrown) {
      // The disk may be full for a while; the world goes on, and is written when there is room again.
      console.error('The world could not be written down:', thrown);
    }
    const waitMs = Math.min(mostMs, Math.max(everyMs, workedMs / mostOfTime));
    this.#timer = setTimeout(() => void this.#keepOn(), waitMs);
  }

  /** Of one moment, but made little by little: consoles are heard in between. */
  async #textInTurns(): Promise<{ readonly text: string; readonly workedMs: number }> {
    const parts: string[] = [];
    let workedMs = 0;
    let turnSince = performance.now();
    for (const part of stateParts(this.#world)) {
      parts.push(part);
      if (performance.now() - turnSince < turnMs) continue;
      workedMs += performance.now() - turnSince;
      await anotherTurn();
      if (this.#isStopped) break;
      turnSince = performance.now();
    }
    return { text: parts.join(''), workedMs: workedMs + performance.now() - turnSince };
  }

  #write(text: string): void {
    if (text === this.#last) return;
    this.#folder.writeState(text);
    this.#last = text;
  }
}

function anotherTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
