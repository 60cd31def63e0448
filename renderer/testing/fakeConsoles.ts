import type { ConsoleKind, ConsoleMessage } from '#shared/model/console.ts';
import type { VmId } from '#shared/model/ids.ts';
import { Feed } from './liveFeed.ts';

/** A console that the page has open, and what a test makes of it. */
export interface FakeConsole {
  readonly id: string;
  readonly request: { readonly vmId: VmId; readonly kind: ConsoleKind; readonly takeOver: boolean };
  readonly feed: Feed<ConsoleMessage>;
  /** What was typed, as text. */
  typed: string;
  acknowledged: number;
}

/** Consoles without guests: a test says what they tell. */
export class FakeConsoles {
  readonly open: FakeConsole[] = [];
  #lastId = 0;

  async *opened(
    request: FakeConsole['request'],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ConsoleMessage, void> {
    this.#lastId += 1;
    const feed = new Feed<ConsoleMessage>();
    const console: FakeConsole = { id: `console-${this.#lastId}`, request, feed, typed: '', acknowledged: 0 };
    feed.push({ kind: 'opened', consoleId: console.id });
    this.open.push(console);
    try {
      yield* feed.iterate(signal);
    } finally {
      this.open.splice(this.open.indexOf(console), 1);
    }
  }

  send(consoleId: string, bytes: string): void {
    const console = this.open.find(({ id }) => id === consoleId);
    if (console !== undefined) console.typed += atob(bytes);
  }

  acknowledge(consoleId: string, bytes: number): void {
    const console = this.open.find(({ id }) => id === consoleId);
    if (console !== undefined) console.acknowledged = bytes;
  }
}
