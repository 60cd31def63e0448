import type { RawChannel } from '@novnc/novnc';

/** One connection to a screen as noVNC takes it: like a data channel that is open already. */
export class ScreenChannel implements RawChannel {
  binaryType = 'arraybuffer';
  readonly protocol = '';
  readyState = 'open';
  onopen: RawChannel['onopen'] = null;
  onclose: RawChannel['onclose'] = null;
  onerror: RawChannel['onerror'] = null;
  #onmessage: RawChannel['onmessage'] = null;
  #early: Uint8Array<ArrayBuffer>[] = [];
  readonly #write: (bytes: Uint8Array) => void;

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  get onmessage(): RawChannel['onmessage'] {
    return this.#onmessage;
  }

  /** What came before anybody listened is told first. */
  set onmessage(listener: RawChannel['onmessage']) {
    this.#onmessage = listener;
    if (listener === null) return;
    const early = this.#early;
    this.#early = [];
    // Not at once: whoever sets it has not finished beginning.
    queueMicrotask(() => {
      for (const bytes of early) this.receive(bytes);
    });
  }

  receive(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#onmessage === null) this.#early.push(bytes);
    else this.#onmessage({ data: bytes.buffer });
  }

  send(data: Uint8Array): void {
    if (this.readyState === 'open') this.#write(data.slice());
  }

  close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    // As a data channel does: whoever closed it hears of it later.
    queueMicrotask(() => this.onclose?.({ code: 1000, reason: '' }));
  }
}
