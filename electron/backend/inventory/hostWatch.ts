import { type ErrorData, toErrorData } from '#shared/contract/errors.ts';
import type { HostCapacity } from '#shared/model/host.ts';
import type { Clock } from '../clock/clock.ts';
import type { DomainDescription, HostDriver, LinkState } from '../drivers/drivers.ts';

/** What one host has said: told whole after each look, in the order in which it was learnt. */
export interface HostWatchListener {
  link(state: LinkState): void;
  /** Everything anew: a reconciliation. */
  all(domains: readonly DomainDescription[]): void;
  domain(domain: DomainDescription): void;
  gone(uuid: string): void;
  /** Connected, and yet it could not be asked; when it is asked again. */
  failed(error: ErrorData, retryAt: number): void;
  /** Just before it is asked what it has; the answer goes to the returned function. */
  askingCapacity(): (capacity: HostCapacity) => void;
}

export interface HostWatch {
  end(): void;
  /** Looks at one domain and at what is free now; resolves when it has been told, or could not be asked. */
  look(uuid: string): Promise<void>;
}

export const reconcileEveryMs = 30_000;
/** After a look that failed. */
export const retryEveryMs = 5000;
/** Events come in bursts (a start is five of them); one look after the burst serves all. */
const gatherMs = 50;

/**
 * Keeps one host's part of the inventory true: everything on connecting and every 30 s, and each domain that an event
 * names as it arrives. Looks at one host follow each other, so an old answer never replaces a newer one.
 */
export function watchHost(
  driver: HostDriver,
  clock: Clock,
  listener: HostWatchListener,
  /** Its second look comes so much sooner than 30 s after the first. */
  soonerMs = 0,
): HostWatch {
  let ended = false;
  let waitMs = reconcileEveryMs - soonerMs;
  let takeTimer: () => void = () => undefined;
  let takeGather: (() => void) | undefined;
  let queue: Promise<void> = Promise.resolve();
  const pending = new Set<string>();

  const enqueue = (look: () => Promise<void>): Promise<void> => {
    queue = queue.then(async () => {
      if (ended || driver.link().state !== 'connected') return;
      try {
        await look();
      } catch (thrown) {
        if (!ended) failed(thrown);
      }
    });
    return queue;
  };

  /** A link that broke tells of itself, and asks anew when it is back; anything else is said and tried again soon. */
  const failed = (thrown: unknown) => {
    if (driver.link().state !== 'connected') return;
    listener.failed(toErrorData(thrown), clock.now() + retryEveryMs);
    takeTimer();
    takeTimer = clock.after(retryEveryMs, reconcile);
  };

  const lookAt = async (uuid: string) => {
    const domain = await driver.domains.describe(uuid);
    if (ended) return;
    if (domain === undefined) listener.gone(uuid);
    else listener.domain(domain);
  };

  const lookAtCapacity = async () => {
    const tell = listener.askingCapacity();
    const capacity = await driver.telemetry.capacity();
    if (!ended) tell(capacity);
  };

  const reconcile = () => {
    takeTimer();
    if (ended) return;
    takeTimer = clock.after(waitMs, reconcile);
    waitMs = reconcileEveryMs;
    void enqueue(async () => {
      pending.clear();
      const domains = await driver.domains.list();
      if (ended) return;
      listener.all(domains);
      await lookAtCapacity();
    });
  };

  const lookAtPending = () => {
    takeGather = undefined;
    void enqueue(async () => {
      const uuids = [...pending];
      pending.clear();
      await Promise.all(uuids.map(lookAt));
    });
  };

  const endEvents = driver.domains.subscribe((event) => {
    pending.add(event.uuid);
    takeGather ??= clock.after(gatherMs, lookAtPending);
  });
  let wasConnected = false;
  const follow = (state: LinkState) => {
    listener.link(state);
    const connected = state.state === 'connected';
    if (connected && !wasConnected) reconcile();
    wasConnected = connected;
  };
  const endLink = driver.subscribeLink(follow);
  follow(driver.link());

  return {
    end() {
      ended = true;
      takeTimer();
      takeGather?.();
      endEvents();
      endLink();
    },
    look: (uuid) =>
      enqueue(async () => {
        await Promise.all([lookAt(uuid), lookAtCapacity()]);
      }),
  };
}
