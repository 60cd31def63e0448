import type { Event, VmStanding } from '#shared/model/event.ts';
import { type ClusterId, clusterOfVm, type HostId, type VmId } from '#shared/model/ids.ts';
import type { Clock } from '../clock/clock.ts';
import type { Events } from '../store/events.ts';

/** What is written together. */
const writeEveryMs = 1000;
/** Of very much, as when ten thousand VMs are first seen, so much in one write: nobody is to wait for all of it. */
const writtenAtOnce = 500;
const betweenWritesMs = 250;
/** Of what cannot be written so much waits until it can; the oldest go first. */
const mostWaiting = 5000;

/** What happened since the last write. What could not be written, as on a full disk, waits for the next. */
export class Unwritten {
  readonly #clock: Clock;
  readonly #store: Events;
  #events: Event[] = [];
  readonly #standings = new Map<VmId, VmStanding | undefined>();
  readonly #watched = new Map<HostId, number>();
  #takeWrite: (() => void) | undefined;

  constructor({ clock, store }: { readonly clock: Clock; readonly store: Events }) {
    this.#clock = clock;
    this.#store = store;
  }

  add(event: Event): void {
    this.#events.push(event);
    this.#soon();
  }

  stands(vm: VmId, standing: VmStanding | undefined): void {
    this.#standings.set(vm, standing);
    this.#soon();
  }

  watched(host: HostId, until: number): void {
    this.#watched.set(host, until);
    this.#soon();
  }

  forget(cluster: ClusterId): void {
    this.#events = this.#events.filter(({ clusterId }) => clusterId !== cluster);
    for (const vm of this.#standings.keys()) if (clusterOfVm(vm) === cluster) this.#standings.delete(vm);
  }

  write(): void {
    this.#write(Number.POSITIVE_INFINITY);
  }

  #write(most: number): void {
    this.#takeWrite?.();
    this.#takeWrite = undefined;
    const events = this.#events.slice(0, most);
    const standings = first(this.#standings, most);
    const watched = first(this.#watched, most);
    if (events.length + standings.size + watched.size === 0) return;
    if (this.#store.append({ events, standings, watched })) {
      this.#events = this.#events.slice(events.length);
      for (const vm of standings.keys()) this.#standings.delete(vm);
      for (const host of watched.keys()) this.#watched.delete(host);
      if (this.#events.length + this.#standings.size + this.#watched.size > 0) this.#soon(betweenWritesMs);
    } else this.#events = this.#events.slice(-mostWaiting);
  }

  #soon(afterMs = writeEveryMs): void {
    this.#takeWrite ??= this.#clock.after(afterMs, () => this.#write(writtenAtOnce));
  }
}

function first<Key, Value>(all: ReadonlyMap<Key, Value>, most: number): ReadonlyMap<Key, Value> {
  return all.size <= most ? new Map(all) : new Map([...all].slice(0, most));
}
