import { createStore, type StoreApi } from 'zustand/vanilla';
import { clientOver, type DroverClient } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import { CurrentLink } from './currentLink.ts';
import { applyMessage, type LiveModel, nothingKnown } from './liveModel.ts';
import { SampleStore } from './samples.ts';
import type { Timers } from './timers.ts';
import { backOffMs, type Wire, type WireEvent } from './wire.ts';

/** How the page stands with its backend, for the banner to say. */
export type Connection =
  | { readonly state: 'starting'; readonly detail: string }
  | { readonly state: 'open' }
  | { readonly state: 'lost'; readonly since: number; readonly why: string; readonly retryAt?: number }
  | { readonly state: 'failed'; readonly error: ErrorData };

export interface Session {
  readonly client: DroverClient;
  readonly connection: StoreApi<Connection>;
  readonly live: StoreApi<LiveModel>;
  readonly samples: SampleStore;
  readonly timers: Timers;
  retryNow(): void;
  /** Ends everything the session holds. */
  stop(): void;
}

/** The page's one standing with the backend: a client that outlives reconnects, and the live state it keeps. */
export function openSession(wire: Wire, timers: Timers): Session {
  const link = new CurrentLink(timers);
  const client = clientOver(link);
  const connection = createStore<Connection>()(() => ({ state: 'starting', detail: 'Starting Drover' }));
  const live = createStore<LiveModel>()(() => nothingKnown);
  const samples = new SampleStore(timers, (id) => {
    const { hosts, clusters } = live.getState();
    const host = hosts.get(id);
    return host !== undefined && clusters.get(host.clusterId)?.simulated === true;
  });
  let following = new AbortController();

  const endWire = wire.start((event) => {
    switch (event.kind) {
      case 'open':
        following.abort();
        following = new AbortController();
        link.use(event.link);
        connection.setState({ state: 'open' }, true);
        void followLive(client, live, samples, timers, following.signal);
        void followSamples(client, live, samples, timers, following.signal);
        break;
      case 'starting':
        connection.setState({ state: 'starting', detail: event.detail }, true);
        break;
      case 'closed':
      case 'failed':
        following.abort();
        link.use(undefined);
        if (live.getState().freshness === 'live') live.setState({ freshness: 'stale' });
        connection.setState(notOpen(event, connection.getState(), timers.now()), true);
        break;
      default:
        event satisfies never;
    }
  });

  return {
    client,
    connection,
    live,
    samples,
    timers,
    retryNow: () => wire.retryNow(),
    stop() {
      following.abort();
      endWire();
      samples.stop();
    },
  };
}

function notOpen(
  event: Extract<WireEvent, { kind: 'closed' | 'failed' }>,
  before: Connection,
  now: number,
): Connection {
  if (event.kind === 'failed') return { state: 'failed', error: event.error };
  return {
    state: 'lost',
    since: before.state === 'lost' ? before.since : now,
    why: event.why,
    ...(event.retryAt === undefined ? {} : { retryAt: event.retryAt }),
  };
}

async function followLive(
  client: DroverClient,
  live: StoreApi<LiveModel>,
  samples: SampleStore,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> {
  await keepFollowing(timers, signal, async () => {
    for await (const message of await client.live.watch(undefined, { signal })) {
      if (signal.aborted) return 'again';
      const next = applyMessage(live.getState(), message);
      // Leaving the loop ends this stream; the next one begins with a snapshot.
      if (next === 'gap') return 'again';
      live.setState(next, true);
      if (message.kind === 'snapshot' || message.patches.some(({ kind }) => kind.endsWith('-gone')))
        samples.keepOnly(next.hosts, next.vms, next.clusters);
    }
    return 'ended';
  });
}

async function followSamples(
  client: DroverClient,
  live: StoreApi<LiveModel>,
  samples: SampleStore,
  timers: Timers,
  signal: AbortSignal,
): Promise<void> {
  // What is measured can be placed only once it is known what there is.
  await untilLive(live, signal);
  await keepFollowing(timers, signal, async () => {
    for await (const sweep of await client.live.samples(undefined, { signal })) {
      if (signal.aborted) return 'again';
      samples.add(sweep);
    }
    return 'ended';
  });
}

function untilLive(live: StoreApi<LiveModel>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || live.getState().freshness === 'live') return resolve();
    const end = (): void => {
      unsubscribe();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const unsubscribe = live.subscribe((model) => {
      if (model.freshness === 'live') end();
    });
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Follows a stream until the signal: at once again after a gap, with back-off after an end or a failure. */
async function keepFollowing(
  timers: Timers,
  signal: AbortSignal,
  follow: () => Promise<'again' | 'ended'>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      if ((await follow()) === 'again') {
        failures = 0;
        continue;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      console.warn('A stream from the backend ended:', thrown);
    }
    await pause(timers, backOffMs(failures), signal);
    failures += 1;
  }
}

function pause(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const cancel = timers.after(delayMs, resolve);
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
  });
}
