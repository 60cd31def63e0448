import type { DroverError } from '#shared/contract/errors.ts';
import type { CallProgress } from './failures.ts';
import type { MessageHeader } from './messages.ts';
import type { XdrReader } from './xdr/reader.ts';

const serialOffset = 20;
const largestSerial = 0xffff_ffff;

/** A call between its making and its answer. */
export interface Call {
  readonly program: number;
  readonly procedure: number;
  readonly name: string;
  readonly frame: Buffer;
  readonly urgent: boolean;
  /** Decodes the answer and settles whoever waits. @throws XdrError where it cannot be decoded. */
  answer(header: MessageHeader, payload: XdrReader): void;
  cut(reason: DroverError, progress: CallProgress): void;
}

/**
 * Numbers calls and keeps what waits and what is on its way. libvirtd stops reading a connection that has 5 requests
 * in service (its max_client_requests), keepalives and aborts included; so by default no more than 4 are sent at a
 * time, the others wait here in order, and only urgent ones go past.
 */
export class CallTable {
  readonly #maxConcurrent: number;
  readonly #send: (frame: Buffer) => void;
  readonly #sent = new Map<number, Call>();
  #waiting: Call[] = [];
  #lastSerial = 0;

  constructor(maxConcurrent: number, send: (frame: Buffer) => void) {
    this.#maxConcurrent = maxConcurrent;
    this.#send = send;
  }

  get size(): number {
    return this.#sent.size + this.#waiting.length;
  }

  add(call: Call): void {
    if (call.urgent) return this.#dispatch(call);
    this.#waiting.push(call);
    this.#sendNext();
  }

  /** Takes back a call that was not sent. One that was stays: its answer will still come. */
  withdraw(call: Call): CallProgress {
    const index = this.#waiting.indexOf(call);
    if (index < 0) return 'sent';
    this.#waiting.splice(index, 1);
    return 'waiting';
  }

  /** The call that an answer belongs to; its place is free for the next. */
  take(serial: number): Call | undefined {
    const call = this.#sent.get(serial);
    if (this.#sent.delete(serial)) this.#sendNext();
    return call;
  }

  cutAll(reason: DroverError): void {
    const sent = [...this.#sent.values()];
    const waiting = this.#waiting;
    this.#sent.clear();
    this.#waiting = [];
    for (const call of sent) call.cut(reason, 'sent');
    for (const call of waiting) call.cut(reason, 'waiting');
  }

  #sendNext(): void {
    while (this.#sent.size < this.#maxConcurrent) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      this.#dispatch(call);
    }
  }

  #dispatch(call: Call): void {
    const serial = this.#freeSerial();
    call.frame.writeUInt32BE(serial, serialOffset);
    this.#sent.set(serial, call);
    this.#send(call.frame);
  }

  /** Goes round after 2^32 calls, past any that is still unanswered; 0 is for messages that are no calls. */
  #freeSerial(): number {
    do {
      this.#lastSerial = this.#lastSerial === largestSerial ? 1 : this.#lastSerial + 1;
    } while (this.#sent.has(this.#lastSerial));
    return this.#lastSerial;
  }
}
