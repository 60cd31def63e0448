import { isOpen } from '../hosts/path.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';

/**
 * What is under way between the workstation and a host over one connection, either way. It arrives after the distance;
 * while nothing gets through it is kept, and delivered in order once TCP is heard again.
 */
export class Wire {
  readonly #world: World;
  readonly host: string;
  readonly #madeAt: number;
  #kept: (() => void)[] = [];

  constructor(world: World, host: string) {
    this.#world = world;
    this.host = host;
    this.#madeAt = world.now;
  }

  send(deliver: () => void): void {
    const host = this.#state();
    if (!isOpen(this.#world, host)) {
      this.#kept.push(deliver);
      return;
    }
    const resumesIn = this.#madeAt < host.heardSince ? host.resumesAt - this.#world.now : 0;
    const arrivesIn = Math.max(host.distanceMs, resumesIn);
    if (arrivesIn <= 0) deliver();
    else this.#world.after(arrivesIn, () => this.#arrive(deliver));
  }

  /** The path is open again. */
  opened(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const deliver of kept) this.send(deliver);
  }

  /** It may have been cut while this was under way. */
  #arrive(deliver: () => void): void {
    if (isOpen(this.#world, this.#state())) deliver();
    else this.#kept.push(deliver);
  }

  #state(): HostState {
    const host = this.#world.host(this.host);
    if (host === undefined) throw new Error(`a wire to ${this.host}, which is no host`);
    return host;
  }
}
