import { DroverError } from '#shared/contract/errors.ts';
import type { CallOptions } from '../drivers.ts';
import type { HostAccess } from './hostLink.ts';
import {
  connectGetAllDomainStats,
  type DomainRef,
  domainStatsFlags,
  domainStatsGroups,
  type LibvirtConnection,
  type TypedParameter,
} from './rpc/rpc.ts';

export interface DomainStatisticsRecord {
  readonly dom: DomainRef;
  readonly params: readonly TypedParameter[];
}

/** What libvirtd knows without asking a QEMU. CPU is not among it: since 8.9 it asks for halt polling as well. */
const unaskedGroups = domainStatsGroups.state | domainStatsGroups.interface;
/** Five requests stop a connection, and each holds one of libvirtd's twenty workers. */
export const mostLeftBehind = 3;
/** Several times what a busy host takes, and as many times more as there is to tell. */
const patienceMs = 1500;
const patienceEachMs = 20;
/** As long as a connection may live; a call that is left behind is over when its QEMU goes on or dies. */
const leftBehindMs = 24 * 3600 * 1000;
const defaultDeadlineMs = 10_000;

/**
 * Statistics of all running domains in one call, whatever a single QEMU does.
 *
 * libvirt's no-wait flag passes over a domain that has a job already. A QEMU that just hangs has none yet: the first
 * call that asks it waits for ever, and by that gives it the job for which all later calls pass it over. So a call
 * that takes too long is left behind and made again. Should many hang, only what needs no QEMU is asked for, until
 * one of them answers.
 */
export class DomainStatistics {
  readonly #host: Pick<HostAccess, 'name' | 'clock'>;
  readonly #leftBehind = new WeakMap<LibvirtConnection, number>();
  #domains = 0;

  constructor(host: Pick<HostAccess, 'name' | 'clock'>) {
    this.#host = host;
  }

  /** Throws `timed-out` at the deadline. */
  async ask(
    connection: LibvirtConnection,
    groups: number,
    options: CallOptions = {},
  ): Promise<readonly DomainStatisticsRecord[]> {
    const { clock } = this.#host;
    const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
    const endsAt = clock.elapsed() + deadlineMs;
    const calls: Promise<readonly DomainStatisticsRecord[]>[] = [];
    for (;;) {
      const leftMs = endsAt - clock.elapsed();
      // Not even what needs no QEMU is answered: one more question would only wait in line.
      if (leftMs <= 0 || this.#waiting(connection) > mostLeftBehind) throw this.#tooLate(deadlineMs);
      const narrow = this.#waiting(connection) >= mostLeftBehind;
      const call = this.#call(connection, narrow ? groups & unaskedGroups : groups, options.signal);
      calls.push(call);
      // With the last place taken there is nothing better to come than its answer.
      const waitMs = narrow ? leftMs : Math.min(leftMs, this.#patienceMs(deadlineMs));
      const answer = await this.#firstWithin(calls, waitMs);
      if (answer !== undefined) return answer;
      this.#leaveBehind(connection, call);
    }
  }

  async #call(
    connection: LibvirtConnection,
    stats: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly DomainStatisticsRecord[]> {
    const { retStats } = await connection.call(
      connectGetAllDomainStats,
      { doms: [], stats, flags: domainStatsFlags.noWait | domainStatsFlags.active },
      { deadlineMs: leftBehindMs, ...(signal === undefined ? {} : { signal }) },
    );
    this.#domains = retStats.length;
    return retStats;
  }

  /** Never so long that no time is left to ask past a domain that hangs. */
  #patienceMs(deadlineMs: number): number {
    return Math.max(patienceMs, Math.min(patienceMs + patienceEachMs * this.#domains, deadlineMs / 2));
  }

  /** undefined where none answered in time. An earlier call may well be the first to. */
  async #firstWithin<T>(calls: readonly Promise<T>[], milliseconds: number): Promise<T | undefined> {
    let take: () => void = () => undefined;
    const late = new Promise<undefined>((resolve) => {
      take = this.#host.clock.after(milliseconds, () => resolve(undefined));
    });
    try {
      return await Promise.race([...calls, late]);
    } finally {
      take();
    }
  }

  #waiting(connection: LibvirtConnection): number {
    return this.#leftBehind.get(connection) ?? 0;
  }

  #leaveBehind(connection: LibvirtConnection, call: Promise<unknown>): void {
    const count = (by: number) => this.#leftBehind.set(connection, this.#waiting(connection) + by);
    count(1);
    const over = () => void count(-1);
    call.then(over, over);
  }

  #tooLate(deadlineMs: number): DroverError {
    return new DroverError({
      code: 'timed-out',
      tried: `Ask ${this.#host.name} for the statistics of its VMs`,
      cause: `libvirtd did not answer within ${deadlineMs} ms`,
      next: 'Look on the host for VMs that hang and for what keeps libvirtd busy',
    });
  }
}
