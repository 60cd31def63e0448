import type { FaultGround } from './faultGround.ts';

const lookEveryMs = 250;

/** Asks the witness of all living hosts again and again whether a guest runs on more than one of them. */
export class Guard {
  readonly #twice: string[] = [];
  #ended = false;
  readonly #looking: Promise<void>;

  constructor(ground: Pick<FaultGround, 'sightings'>) {
    this.#looking = this.#look(ground);
  }

  /** What it saw that must not be; empty as it should be. */
  async stop(): Promise<readonly string[]> {
    this.#ended = true;
    await this.#looking;
    return this.#twice;
  }

  async #look(ground: Pick<FaultGround, 'sightings'>): Promise<void> {
    while (!this.#ended) {
      // A host may die while it is being asked.
      const sightings = await ground.sightings().catch(() => []);
      const running = sightings.filter(({ state }) => state === 'running');
      // Two answers are not of one moment: only what is still so a moment later counts.
      if (running.length > 1) {
        const again = await ground.sightings().catch(() => []);
        const still = again.filter(({ state }) => state === 'running').map(({ host }) => host);
        if (still.length > 1) this.#twice.push(still.join(' and '));
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
}
