import { DroverError } from '#shared/contract/errors.ts';
import type { Clock } from '../../clock/clock.ts';
import type { CallOptions, LinkState, Unsubscribe } from '../drivers.ts';

/** Resolves when connected; rejects with the reason of the first try that ended otherwise, or `timed-out`. */
export async function untilConnected(
  link: {
    readonly name: string;
    /** What the deadline is measured by. */
    readonly clock: Clock;
    state(): LinkState;
    subscribe(listener: (state: LinkState) => void): Unsubscribe;
    /** What is thrown to whoever gives up waiting. */
    down(): DroverError;
  },
  { signal, deadlineMs }: CallOptions = {},
): Promise<void> {
  if (link.state().state === 'connected') return;
  await new Promise<void>((resolve, reject) => {
    const finish = (settle: () => void) => {
      end();
      stopTimer();
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    const look = (state: LinkState) => {
      if (state.state === 'connected') finish(resolve);
      else if (state.state !== 'connecting') finish(() => reject(DroverError.fromData(state.error)));
    };
    const onAbort = () => finish(() => reject(link.down()));
    const end = link.subscribe(look);
    const stopTimer =
      deadlineMs === undefined
        ? () => undefined
        : link.clock.after(deadlineMs, () =>
            finish(() =>
              reject(
                new DroverError({
                  code: 'timed-out',
                  tried: `Connect to ${link.name}`,
                  cause: `it did not answer within ${deadlineMs} ms`,
                  next: 'Check that it is up and can be reached',
                }),
              ),
            ),
          );
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    else look(link.state());
  });
}

/** What a link that is down says to whoever asks meanwhile. */
export function downError(name: string, state: LinkState): DroverError {
  const reason =
    state.state === 'unreachable' || state.state === 'needs-attention'
      ? state.error.message
      : 'the connection is still being made';
  return new DroverError({
    code: 'host-unreachable',
    tried: `Ask ${name}`,
    cause: `it does not answer just now: ${reason}`,
    next: 'Drover keeps trying; look at the host for what it needs',
  });
}
