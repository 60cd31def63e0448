import { randomBytes } from 'node:crypto';
import type { HostId } from '#shared/model/ids.ts';
import type { Clock } from '../clock/clock.ts';
import type { HostDriver } from '../drivers/drivers.ts';

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
  readonly #known = new Map<
    string,
    { readonly at: number; readonly proof: Promise<readonly HostId[] | undefined> }
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sharedWith(home: HostOf, others: readonly HostOf[], path: string): Promise<readonly HostId[] | undefined> {
    const key = [home.hostId, ...others.map(({ hostId }) => hostId), path].join(' ');
    const known = this.#known.get(key);
    if (known !== undefined && this.#clock.elapsed() - known.at < believedMs) return known.proof;
    const proof = prove(home, others, path);
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
}

async function prove(
  home: HostOf,
  others: readonly HostOf[],
  path: string,
): Promise<readonly HostId[] | undefined> {
  const token = `shared-${randomBytes(8).toString('hex')}`;
  const limits = { deadlineMs: askMs };
  const { storage } = home.driver;
  try {
    await storage.writeMarker(path, token, limits);
    const seen = await Promise.all(
      others.map(({ hostId, driver }) =>
        driver.storage.hasMarker(path, token, limits).then(
          (isThere) => ({ hostId, isThere }),
          () => undefined,
        ),
      ),
    );
    const answers = seen.flatMap((each) => each ?? []);
    if (answers.length === 0 && others.length > 0) return undefined;
    return answers.filter(({ isThere }) => isThere).map(({ hostId }) => hostId);
  } catch {
    return undefined;
  } finally {
    // Even where the write failed: one that was not answered in time may have happened all the same.
    await storage.removeMarker(path, token, limits).catch(() => undefined);
  }
}
