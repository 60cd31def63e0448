import { randomBytes } from 'node:crypto';
import type { HostId } from '#shared/model/ids.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import { Questions } from '../questions.ts';
import { lookFrom, type Witness } from '../sharedStorage/proveShared.ts';
import type { Unfinished } from '../unfinished.ts';

export interface HostOf {
  readonly hostId: HostId;
  readonly driver: HostDriver;
}

const askMs = 8000;
/** A proof is a small file on a host, and who looks at VMs looks at many: what was proven is believed for a while. */
const believedMs = 10 * 60_000;
const mostRemembered = 2000;

/**
 * Which hosts see the same file at a path. A marker written beside it by one host and found by another is the one
 * proof; undefined where it could not be written, or nobody could look for it.
 */
export class SharedFiles {
  readonly #clock: Clock;
  readonly #unfinished: Unfinished;
  readonly #witnesses = new WeakMap<HostDriver, Witness>();
  readonly #known = new Map<
    string,
    { readonly at: number; readonly proof: Promise<readonly HostId[] | undefined> }
  >();

  constructor(clock: Clock, unfinished: Unfinished) {
    this.#clock = clock;
    this.#unfinished = unfinished;
  }

  sharedWith(home: HostOf, others: readonly HostOf[], path: string): Promise<readonly HostId[] | undefined> {
    const key = [home.hostId, ...others.map(({ hostId }) => hostId), path].join(' ');
    const known = this.#known.get(key);
    if (known !== undefined && this.#clock.elapsed() - known.at < believedMs) return known.proof;
    const proof = this.#prove(home, others, path);
    this.#known.delete(key);
    this.#known.set(key, { at: this.#clock.elapsed(), proof });
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostRemembered && oldest !== undefined) this.#known.delete(oldest);
    // What could not be proven now may be later.
    void proof.then((hosts) => {
      if (hosts === undefined) this.#known.delete(key);
    });
    return proof;
  }

  async #prove(
    home: HostOf,
    others: readonly HostOf[],
    path: string,
  ): Promise<readonly HostId[] | undefined> {
    const { seen } = await lookFrom(
      {
        writer: this.#witness(home),
        writerName: home.hostId,
        path,
        token: `shared-${randomBytes(8).toString('hex')}`,
        patienceMs: askMs,
        unfinished: this.#unfinished,
      },
      others.map((other) => this.#witness(other)),
    );
    if (!seen.some(({ kind }) => kind === 'told')) return undefined;
    return others.flatMap(({ hostId }, index) => {
      const answer = seen[index];
      return answer?.kind === 'told' && answer.value ? [hostId] : [];
    });
  }

  /** One for each host, so that the images of one VM are not asked about all at once. */
  #witness({ driver }: HostOf): Witness {
    const known = this.#witnesses.get(driver);
    if (known !== undefined) return known;
    const made = { driver, questions: new Questions(this.#clock, this.#unfinished.ending) };
    this.#witnesses.set(driver, made);
    return made;
  }
}
