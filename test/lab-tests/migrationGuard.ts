import type { Lab } from '../lab/startLab.ts';

const lookEveryMs = 250;

/** Asks virsh on all living hosts again and again whether a guest runs on more than one of them. */
export class Guard {
  readonly #twice: string[] = [];
  #ended = false;
  readonly #looking: Promise<void>;

  constructor(lab: Lab, guest: string) {
    this.#looking = this.#look(lab, guest);
  }

  /** What it saw that must not be; empty as it should be. */
  async stop(): Promise<readonly string[]> {
    this.#ended = true;
    await this.#looking;
    return this.#twice;
  }

  async #look(lab: Lab, guest: string): Promise<void> {
    while (!this.#ended) {
      // A host may die while it is being asked.
      const sightings = await lab.sightings(guest).catch(() => []);
      const running = sightings.filter(({ state }) => state === 'running');
      // Two answers are not of one moment: only what is still so a moment later counts.
      if (running.length > 1) {
        const again = await lab.sightings(guest).catch(() => []);
        const still = again.filter(({ state }) => state === 'running').map(({ host }) => host);
        if (still.length > 1) this.#twice.push(still.join(' and '));
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
}
