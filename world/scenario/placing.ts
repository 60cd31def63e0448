import { hostOwnMiB } from '../hosts/memory.ts';
import { noise, streamOf } from '../physics/random.ts';

interface Place {
  readonly name: string;
  readonly index: number;
  freeMiB: number;
}

/** Puts VMs on hosts by memory, in the order in which they come. */
export class Placing {
  readonly #places: ReadonlyMap<string, Place>;
  readonly #roomiest = new Map<readonly string[], Roomiest>();
  readonly #firstOpen = new Map<readonly string[], number>();

  constructor(hosts: readonly { readonly name: string; readonly memoryMiB: number }[]) {
    this.#places = new Map(
      hosts.map(({ name, memoryMiB }, index) => [name, { name, index, freeMiB: memoryMiB - hostOwnMiB }]),
    );
  }

  /** On this one, whether or not there is room: an operator may promise more memory than there is. */
  put(host: string, memoryMiB: number): void {
    this.#placeOf(host).freeMiB -= memoryMiB;
  }

  /** undefined where none of the hosts has room. The same list has to be the same array each time. */
  find(
    how: 'spread' | 'fill' | 'random',
    hosts: readonly string[],
    memoryMiB: number,
    draw: { readonly seed: number; readonly vm: string },
  ): string | undefined {
    const host =
      how === 'spread'
        ? this.#spread(hosts, memoryMiB)
        : how === 'fill'
          ? this.#fill(hosts, memoryMiB)
          : this.#random(hosts, memoryMiB, draw);
    if (host !== undefined) this.put(host, memoryMiB);
    return host;
  }

  #spread(hosts: readonly string[], memoryMiB: number): string | undefined {
    let roomiest = this.#roomiest.get(hosts);
    if (roomiest === undefined) {
      roomiest = new Roomiest(hosts.map((name) => this.#placeOf(name)));
      this.#roomiest.set(hosts, roomiest);
    }
    const place = roomiest.first();
    return place !== undefined && place.freeMiB >= memoryMiB ? place.name : undefined;
  }

  #fill(hosts: readonly string[], memoryMiB: number): string | undefined {
    let from = this.#firstOpen.get(hosts) ?? 0;
    // Hosts that are full to the last are passed by for good.
    while (from < hosts.length && this.#placeOf(hosts[from] ?? '').freeMiB <= 0) from += 1;
    this.#firstOpen.set(hosts, from);
    for (let at = from; at < hosts.length; at += 1) {
      const name = hosts[at];
      if (name !== undefined && this.#placeOf(name).freeMiB >= memoryMiB) return name;
    }
    return undefined;
  }

  #random(
    hosts: readonly string[],
    memoryMiB: number,
    { seed, vm }: { readonly seed: number; readonly vm: string },
  ): string | undefined {
    const begin = Math.floor(noise(streamOf(seed, `${vm} host`), 0) * hosts.length);
    for (let step = 0; step < hosts.length; step += 1) {
      const name = hosts[(begin + step) % hosts.length];
      if (name !== undefined && this.#placeOf(name).freeMiB >= memoryMiB) return name;
    }
    return undefined;
  }

  #placeOf(name: string): Place {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`no host ${name}, which was checked`);
    return place;
  }
}

/** Hosts by free memory, most first; a heap whose entries are looked at anew when they come up: memory only shrinks. */
class Roomiest {
  readonly #heap: { readonly place: Place; freeMiB: number }[];

  constructor(places: readonly Place[]) {
    this.#heap = places.map((place) => ({ place, freeMiB: place.freeMiB })).sort(byRoom);
  }

  first(): Place | undefined {
    for (;;) {
      const [top] = this.#heap;
      if (top === undefined || top.freeMiB === top.place.freeMiB) return top?.place;
      top.freeMiB = top.place.freeMiB;
      this.#sink();
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]];
      const upper = this.#heap[at];
      if (upper === undefined || left === undefined) return;
      const isRight = right !== undefined && byRoom(right, left) < 0;
      const lower = isRight ? right : left;
      if (byRoom(upper, lower) <= 0) return;
      const next = isRight ? 2 * at + 2 : 2 * at + 1;
      this.#heap[at] = lower;
      this.#heap[next] = upper;
      at = next;
    }
  }
}

function byRoom(
  one: { readonly place: Place; readonly freeMiB: number },
  other: { readonly place: Place; readonly freeMiB: number },
): number {
  return other.freeMiB - one.freeMiB || one.place.index - other.place.index;
}
