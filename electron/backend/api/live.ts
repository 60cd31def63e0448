import type { LiveMessage, LivePatch, LiveState } from '#shared/model/live.ts';
import type { Samples } from '#shared/model/samples.ts';
import { changeFeed } from '../inventory/changeFeed.ts';
import { KeptTasks, keptEndedTasks } from './keptTasks.ts';
import type { Services } from './services.ts';

/** What the live state is made of. */
type LiveServices = Pick<Services, 'inventory' | 'runner' | 'clock'> & {
  readonly recorder: Pick<Services['recorder'], 'recent' | 'subscribe'>;
};

export function liveState({ inventory, runner, recorder }: LiveServices): LiveState {
  const { clusters, hosts, vms } = inventory.view();
  return {
    clusters,
    hosts,
    vms,
    tasks: [...runner.unended(), ...runner.ended(keptEndedTasks)],
    events: recorder.recent(),
  };
}

export function watchLive(
  services: LiveServices,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveMessage, void, void> {
  const kept = new KeptTasks();
  return changeFeed(
    () => {
      const state = liveState(services);
      kept.begin(state.tasks);
      return state;
    },
    (listener) => {
      const endInventory = services.inventory.subscribe(listener);
      const endTasks = services.runner.subscribe((value) =>
        listener([
          { kind: 'task', value },
          ...kept.take(value).map((id): LivePatch => ({ kind: 'task-gone', id })),
        ]),
      );
      const endEvents = services.recorder.subscribe((events) =>
        listener(events.map((value): LivePatch => ({ kind: 'event', value }))),
      );
      return () => {
        endInventory();
        endTasks();
        endEvents();
      };
    },
    services.clock,
    signal,
  );
}

/** A client that lags hears the latest few sweeps; what it missed is a gap in its charts, not a growing queue. */
const maxWaiting = 30;

export async function* watchSamples(
  services: Services,
  signal: AbortSignal | undefined,
): AsyncGenerator<Samples, void, void> {
  let waiting: Samples[] = [];
  let wake: () => void = () => undefined;
  const end = services.monitoring.subscribe((samples) => {
    waiting = [...waiting, samples].slice(-maxWaiting);
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    yield* services.monitoring.recent();
    while (signal?.aborted !== true) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    end();
  }
}
