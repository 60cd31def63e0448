import { DroverError } from '#shared/contract/errors.ts';
import type { Timers } from './timers.ts';
import type { BackendLink } from './wire.ts';

/** Adding a host waits for a login there; nothing else of ours may take so long. */
const deadlineMs = 120_000;
const streams: readonly string[] = ['live.watch', 'live.samples', 'consoles.open'];

/** The link that survives: whoever holds the client need not know that the backend was restarted meanwhile. */
export class CurrentLink implements BackendLink {
  #link: BackendLink | undefined;
  readonly #timers: Timers;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  use(link: BackendLink | undefined): void {
    this.#link = link;
  }

  async call(...[path, input, options]: Parameters<BackendLink['call']>): Promise<unknown> {
    const name = path.join('.');
    const link = this.#link;
    if (link === undefined) {
      throw new DroverError({
        code: 'backend-stopped',
        tried: 'Ask Drover',
        cause: 'the part of it that talks to hosts does not answer just now',
        next: 'It reconnects by itself; try again in a moment',
      });
    }
    if (streams.includes(name)) return await link.call(path, input, options);
    const deadline = new AbortController();
    const cancelTimer = this.#timers.after(deadlineMs, () =>
      deadline.abort(
        new DroverError({
          code: 'timed-out',
          tried: `Ask Drover for ${name}`,
          cause: `there was no answer within ${deadlineMs / 1000} s`,
          next: 'See in Activity whether it went on, then try again',
        }),
      ),
    );
    const signal =
      options.signal === undefined ? deadline.signal : AbortSignal.any([options.signal, deadline.signal]);
    try {
      return await link.call(path, input, { ...options, signal });
    } catch (thrown) {
      throw deadline.signal.aborted ? deadline.signal.reason : thrown;
    } finally {
      cancelTimer();
    }
  }
}
