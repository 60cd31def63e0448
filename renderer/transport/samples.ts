import type { ClusterId, HostId, VmId } from '#shared/model/ids.ts';
import { type Measured, type MeasuredColumns, measured, type Samples } from '#shared/model/samples.ts';
import { rememberedMs, rowsOfEach, Series, simulatedReachMs } from './series.ts';
import type { Timers } from './timers.ts';

/** Whoever draws measurements is told at most four times a second. */
const tellEveryMs = 250;
/** Charts are dear to draw: anew at most as often as a real host is measured. */
const drawEveryMs = 2000;
/** So many messages at once are what was measured before the page came: nobody is to look at the first of it alone. */
const burst = 20;

/** Measurements live here, outside React's state: a sweep of 800 VMs costs no rendering of what is not on screen. */
export class SampleStore {
  readonly #hosts = new Map<HostId, Series>();
  readonly #vms = new Map<VmId, Series>();
  readonly #clusters = new Map<ClusterId, Series>();
  readonly #listeners = new Set<() => void>();
  readonly #timers: Timers;
  readonly #isSimulated: (host: HostId) => boolean;
  #version = 0;
  #drawing = 0;
  #lastDrawn = Number.NEGATIVE_INFINITY;
  #sinceDrawn = 0;
  #lastTold = Number.NEGATIVE_INFINITY;
  #cancelTell: (() => void) | undefined;

  constructor(timers: Timers, isSimulated: (host: HostId) => boolean) {
    this.#timers = timers;
    this.#isSimulated = isSimulated;
  }

  /** Grows whenever listeners are told; what React compares. */
  get version(): number {
    return this.#version;
  }

  /** As `version`, and grows every other second at most, but for a burst. */
  get drawing(): number {
    return this.#drawing;
  }

  host(id: HostId): Series | undefined {
    return this.#hosts.get(id);
  }

  vm(id: VmId): Series | undefined {
    return this.#vms.get(id);
  }

  cluster(id: ClusterId): Series | undefined {
    return this.#clusters.get(id);
  }

  add(samples: Samples): void {
    const { hosts, vms, clusters } = samples;
    // A sweep tells of one cluster's hosts, by that cluster's clock.
    const reachMs = hosts.hostIds.some(this.#isSimulated) ? simulatedReachMs : rememberedMs;
    addRows(this.#hosts, measured.host, hosts.hostIds, hosts, reachMs);
    addRows(this.#vms, measured.vm, vms.vmIds, vms, reachMs);
    addRows(this.#clusters, measured.cluster, clusters.clusterIds, clusters, reachMs);
    this.#sinceDrawn += 1;
    this.#tell();
  }

  /** Forgets whatever is no longer in the inventory. */
  keepOnly(
    hosts: ReadonlyMap<HostId, unknown>,
    vms: ReadonlyMap<VmId, unknown>,
    clusters: ReadonlyMap<ClusterId, unknown>,
  ): void {
    for (const id of this.#clusters.keys()) if (!clusters.has(id)) this.#clusters.delete(id);
    for (const id of this.#hosts.keys()) if (!hosts.has(id)) this.#hosts.delete(id);
    for (const id of this.#vms.keys()) if (!vms.has(id)) this.#vms.delete(id);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  stop(): void {
    this.#cancelTell?.();
    this.#listeners.clear();
  }

  #tell(): void {
    const waitMs = this.#lastTold + tellEveryMs - this.#timers.now();
    if (waitMs <= 0) {
      this.#cancelTell?.();
      this.#cancelTell = undefined;
      this.#tellNow();
      return;
    }
    if (this.#cancelTell !== undefined) return;
    this.#cancelTell = this.#timers.after(waitMs, () => {
      this.#cancelTell = undefined;
      this.#tellNow();
    });
  }

  #tellNow(): void {
    const now = this.#timers.now();
    this.#lastTold = now;
    this.#version += 1;
    const sinceMs = now - this.#lastDrawn;
    if (sinceMs >= drawEveryMs || sinceMs < 0 || this.#sinceDrawn >= burst) {
      this.#lastDrawn = now;
      this.#sinceDrawn = 0;
      this.#drawing = this.#version;
    } else if (this.#cancelTell === undefined) {
      // What came since is drawn, too, though nothing follows it.
      this.#cancelTell = this.#timers.after(this.#lastDrawn + drawEveryMs - now, () => {
        this.#cancelTell = undefined;
        this.#tellNow();
      });
    }
    for (const listener of this.#listeners) listener();
  }
}

function addRows<Id>(
  map: Map<Id, Series>,
  { metrics, rests }: Measured,
  ids: readonly Id[],
  columns: MeasuredColumns,
  reachMs: number,
): void {
  const wanted = metrics.map((metric) => columns[metric]);
  // One row for all of them: there may be 10,000 in a sweep.
  const row: (number | null)[] = [];
  const mostRows = rowsOfEach(map.size);
  for (const [index, id] of ids.entries()) {
    let series = map.get(id);
    if (series === undefined) {
      series = new Series(rests);
      map.set(id, series);
    }
    for (let place = 0; place < wanted.length; place += 1) row[place] = wanted[place]?.[index] ?? null;
    series.add(columns.at, row, reachMs, mostRows);
  }
}
