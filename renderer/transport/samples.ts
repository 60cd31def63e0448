import type { HostId, VmId } from '#shared/model/ids.ts';
import { dearEverySweeps, type Samples } from '#shared/model/samples.ts';
import { rememberedMs, Series, simulatedReachMs } from './series.ts';
import type { Timers } from './timers.ts';

export const hostColumns = ['cpuShare', 'memoryUsedMiB', 'memoryTotalMiB'] as const;
export const vmColumns = [
  'cpuShare',
  'memoryUsedMiB',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
  'networkReceiveBytesPerSecond',
  'networkSendBytesPerSecond',
] as const;
const hostRests = hostColumns.map(() => 0);
const seldomMeasured: ReadonlySet<string> = new Set<VmColumn>([
  'memoryUsedMiB',
  'diskReadBytesPerSecond',
  'diskWriteBytesPerSecond',
]);
const vmRests = vmColumns.map((name) => (seldomMeasured.has(name) ? dearEverySweeps - 1 : 0));
export type HostColumn = (typeof hostColumns)[number];
export type VmColumn = (typeof vmColumns)[number];

/** Whoever draws measurements is told at most four times a second. */
const tellEveryMs = 250;

/** Measurements live here, outside React's state: a sweep of 800 VMs costs no rendering of what is not on screen. */
export class SampleStore {
  readonly #hosts = new Map<HostId, Series>();
  readonly #vms = new Map<VmId, Series>();
  readonly #listeners = new Set<() => void>();
  readonly #timers: Timers;
  readonly #isSimulated: (host: HostId) => boolean;
  #version = 0;
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

  host(id: HostId): Series | undefined {
    return this.#hosts.get(id);
  }

  vm(id: VmId): Series | undefined {
    return this.#vms.get(id);
  }

  add(samples: Samples): void {
    const { hosts, vms } = samples;
    // A sweep tells of one cluster's hosts, by that cluster's clock.
    const reachMs = hosts.hostIds.some(this.#isSimulated) ? simulatedReachMs : rememberedMs;
    for (const [index, id] of hosts.hostIds.entries()) {
      addRow(
        this.#hosts,
        hostRests,
        id,
        hosts.at,
        hostColumns.map((name) => hosts[name][index] ?? null),
        reachMs,
      );
    }
    for (const [index, id] of vms.vmIds.entries()) {
      addRow(
        this.#vms,
        vmRests,
        id,
        vms.at,
        vmColumns.map((name) => vms[name][index] ?? null),
        reachMs,
      );
    }
    this.#tell();
  }

  /** Forgets whatever is no longer in the inventory. */
  keepOnly(hosts: ReadonlyMap<HostId, unknown>, vms: ReadonlyMap<VmId, unknown>): void {
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
    if (this.#cancelTell !== undefined) return;
    const waitMs = this.#lastTold + tellEveryMs - this.#timers.now();
    if (waitMs <= 0) {
      this.#tellNow();
      return;
    }
    this.#cancelTell = this.#timers.after(waitMs, () => {
      this.#cancelTell = undefined;
      this.#tellNow();
    });
  }

  #tellNow(): void {
    this.#lastTold = this.#timers.now();
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

function addRow<Id>(
  map: Map<Id, Series>,
  rests: readonly number[],
  id: Id,
  at: number,
  row: readonly (number | null)[],
  reachMs: number,
): void {
  let series = map.get(id);
  if (series === undefined) {
    series = new Series(rests);
    map.set(id, series);
  }
  series.add(at, row, reachMs);
}
