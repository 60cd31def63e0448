import type { Clock } from '../clock/clock.ts';
import type { WorldRecord } from '../hosts/registry.ts';
import { WorldLink } from './worldLink.ts';
import type { WorldProgram } from './worldProgram.ts';

/** This console's end of each simulated world that it knows, by the key in its hosts' addresses. */
export class Worlds {
  readonly #links = new Map<string, WorldLink>();
  readonly #input: {
    readonly wall: Clock;
    readonly program: WorldProgram;
    readonly console: string;
  };

  constructor(input: { readonly wall: Clock; readonly program: WorldProgram; readonly console: string }) {
    this.#input = input;
  }

  get(key: string): WorldLink | undefined {
    return this.#links.get(key);
  }

  /** Known from now on; nothing is tried before `reach`. `scenarioFile`: what a new world is made of, unless that is built in. */
  open(record: WorldRecord, cluster: string, scenarioFile?: string): WorldLink {
    const link = new WorldLink({
      ...this.#input,
      record,
      cluster,
      ...(scenarioFile === undefined ? {} : { scenarioFile }),
    });
    this.#links.set(record.key, link);
    return link;
  }

  drop(key: string): void {
    this.#links.get(key)?.close();
    this.#links.delete(key);
  }

  close(): void {
    for (const key of this.#links.keys()) this.drop(key);
  }
}
