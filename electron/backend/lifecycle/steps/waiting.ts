import { pause } from '../../clock/clock.ts';
import type { HostDriver } from '../../drivers/drivers.ts';
import type { LifecycleContext } from '../environment.ts';
import type { LifecycleArguments } from '../lifecycleArguments.ts';
import type { Seen } from '../verbs.ts';

const lookEveryMs = 1000;

/** How a wait for a guest ended. */
export type Waited<Found> =
  | { readonly how: 'found'; readonly value: Found }
  | { readonly how: 'too-late' | 'cancelled' };

/**
 * Waits for what a guest was asked for, by the host's clock: looks at each event and every second. Events of the domain
 * that come before the first look are not missed, since they are listened to before `ask` is called.
 */
export async function waitForGuest<Found>(
  context: LifecycleContext,
  input: LifecycleArguments,
  driver: HostDriver,
  wait: {
    readonly patienceMs: number;
    readonly ask: () => Promise<void>;
    readonly found: (seen: Seen | undefined, rebooted: boolean) => Found | undefined;
    readonly detail: (waitedSeconds: number) => string;
  },
): Promise<Waited<Found>> {
  const { clock } = driver;
  let rebooted = false;
  let wake = new AbortController();
  const end = driver.domains.subscribe((event) => {
    if (event.uuid !== input.uuid) return;
    if (event.kind === 'changed' && event.rebooted) rebooted = true;
    wake.abort();
  });
  try {
    await wait.ask();
    const began = clock.elapsed();
    for (;;) {
      wake = new AbortController();
      const value = wait.found(await driver.domains.state(input.uuid), rebooted);
      if (value !== undefined) return { how: 'found', value };
      if (context.signal.aborted) return { how: 'cancelled' };
      const waitedMs = clock.elapsed() - began;
      if (waitedMs >= wait.patienceMs) return { how: 'too-late' };
      context.progress({
        share: waitedMs / wait.patienceMs,
        detail: wait.detail(Math.floor(waitedMs / 1000)),
      });
      const restMs = Math.min(lookEveryMs, wait.patienceMs - waitedMs);
      await pause(clock, restMs, AbortSignal.any([wake.signal, context.signal]));
    }
  } finally {
    end();
  }
}
