import type { LiveMessage, LivePatch, LiveState } from '#shared/model/live.ts';
import type { Clock } from '../clock/clock.ts';

/** At most four messages a second reach a client. */
export const feedIntervalMs = 250;

/**
 * What one client is told: a snapshot, then numbered batches of patches. What changes faster than it is told is sent
 * once, as it last was; so a slow client costs one entry for each thing it has not heard of, never more.
 */
export async function* changeFeed(
  snapshot: () => LiveState,
  subscribe: (listener: (patches: readonly LivePatch[]) => void) => () => void,
  clock: Clock,
  signal: AbortSignal | undefined,
): AsyncGenerator<LiveMessage, void, void> {
  const waiting = new Map<string, LivePatch>();
  let wake: () => void = () => undefined;
  const end = subscribe((patches) => {
    for (const patch of patches) {
      const key = keyOf(patch);
      waiting.delete(key);
      waiting.set(key, patch);
    }
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    let sequence = 0;
    yield { kind: 'snapshot', sequence, state: snapshot() };
    let sentAt = clock.elapsed();
    while (signal?.aborted !== true) {
      if (waiting.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const wait = sentAt + feedIntervalMs - clock.elapsed();
      if (wait > 0) {
        await new Promise<void>((resolve) => {
          const take = clock.after(wait, resolve);
          wake = () => {
            if (signal?.aborted !== true) return;
            take();
            resolve();
          };
        });
        continue;
      }
      const patches = [...waiting.values()];
      waiting.clear();
      sequence += 1;
      sentAt = clock.elapsed();
      yield { kind: 'patches', sequence, patches };
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    end();
  }
}

function keyOf(patch: LivePatch): string {
  const noun = patch.kind.replace('-gone', '');
  return `${noun}/${'id' in patch ? patch.id : patch.value.id}`;
}
