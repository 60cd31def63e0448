import type { Duplex } from 'node:stream';
import { FrameAssembler } from './framing.ts';
import { XdrError } from './xdr/reader.ts';

export type ChannelLoss =
  | { readonly kind: 'ended'; readonly midMessage: boolean }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'garbage'; readonly cause: string };

export interface ChannelListener {
  /** Something came, be it part of a message: a large reply over a slow line is no silence. */
  heard(): void;
  frame(frame: Buffer): void;
  /** Once, and nothing after it. Not called after `close`. */
  lost(loss: ChannelLoss): void;
}

/** Frames in and out of a transport that this owns from now on: closing the channel destroys it. */
export class FrameChannel {
  readonly #transport: Duplex;
  readonly #listener: ChannelListener;
  readonly #assembler = new FrameAssembler();
  readonly #pausedBy = new Set<object>();
  #open = true;

  constructor(transport: Duplex, listener: ChannelListener) {
    this.#transport = transport;
    this.#listener = listener;
    transport.on('error', this.#onError);
    if (transport.destroyed || transport.readableEnded) {
      queueMicrotask(this.#onEnd);
      return;
    }
    transport.on('end', this.#onEnd);
    transport.on('close', this.#onEnd);
    transport.on('data', this.#onData);
  }

  /** `written` is called once the transport has taken the frame (or failed): the pace for whoever sends much. */
  send(frame: Buffer, written?: (error?: Error | null) => void): void {
    if (this.#open) this.#transport.write(frame, written);
    else written?.(new Error('The channel is closed.'));
  }

  /** Reading stops while anyone holds it. */
  hold(holder: object): void {
    this.#pausedBy.add(holder);
    if (this.#open) this.#transport.pause();
  }

  release(holder: object): void {
    if (this.#pausedBy.delete(holder) && this.#pausedBy.size === 0 && this.#open) this.#transport.resume();
  }

  get held(): boolean {
    return this.#pausedBy.size > 0;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pausedBy.clear();
    const transport = this.#transport;
    transport.off('data', this.#onData);
    transport.off('end', this.#onEnd);
    transport.off('close', this.#onEnd);
    // A late 'error' without a listener would end the process, so that one stays until the transport is gone.
    if (transport.closed) transport.off('error', this.#onError);
    else transport.once('close', () => transport.off('error', this.#onError));
    transport.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#listener.heard();
    try {
      this.#assembler.push(chunk, (frame) => {
        if (this.#open) this.#listener.frame(frame);
      });
    } catch (error) {
      if (!(error instanceof XdrError)) throw error;
      this.#lose({ kind: 'garbage', cause: error.message + quoted(chunk) });
    }
  };

  readonly #onEnd = (): void => {
    this.#lose({ kind: 'ended', midMessage: this.#assembler.midMessage });
  };

  readonly #onError = (error: Error): void => {
    this.#lose({ kind: 'failed', error });
  };

  #lose(loss: ChannelLoss): void {
    if (!this.#open) return;
    this.close();
    this.#listener.lost(loss);
  }
}

/** Where a shell or a proxy answers instead of libvirt, its words are the best explanation. */
function quoted(chunk: Buffer): string {
  const start = chunk.subarray(0, 80).toString('latin1').split('\n', 1)[0]?.trim() ?? '';
  return /^[\x20-\x7e]{4,}$/.test(start) ? ` (it says "${start}")` : '';
}
