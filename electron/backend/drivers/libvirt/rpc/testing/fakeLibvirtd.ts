import type { Duplex } from 'node:stream';
import { FrameAssembler } from '../framing.ts';
import { type RemoteError, remoteError } from '../libvirtError.ts';
import {
  encodeMessage,
  encodeRawMessage,
  type MessageHeader,
  messageStatuses,
  messageTypes,
  payloadBytes,
  programs,
  programVersion,
  readHeader,
} from '../messages.ts';
import type { EventKind, Procedure } from '../procedure.ts';
import { authList, connectClose, connectOpen, connectSupportsFeature } from '../procedures/connection.ts';
import type { Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { duplexPair } from './duplexPair.ts';

export interface Received {
  readonly header: MessageHeader;
  readonly payload: Buffer;
}

type Handler = (received: Received) => void;

/** What a handler throws to answer with libvirt's error. */
export class Refusal extends Error {
  readonly remote: RemoteError;

  constructor(code: number, text: string, domain = 10) {
    super(text);
    this.remote = {
      code,
      domain,
      message: text,
      level: 2,
      dom: null,
      str1: null,
      str2: null,
      str3: null,
      int1: 0,
      int2: 0,
      net: null,
    };
  }
}

/** The other side of the protocol, scripted: for what a real libvirtd never does, or not when asked. */
export class FakeLibvirtd {
  /** The client's end. */
  readonly transport: Duplex;
  /** All that came in, in order. */
  readonly received: Received[] = [];
  readonly #end: Duplex;
  readonly #handlers = new Map<number, Handler>();

  constructor() {
    const [transport, end] = duplexPair();
    this.transport = transport;
    this.#end = end;
    const assembler = new FrameAssembler();
    end.on('error', () => undefined);
    end.on('data', (chunk: Buffer) => assembler.push(chunk, (frame) => this.#receive(frame)));
  }

  /** Lets anyone in who asks for the handshake of `openConnection`. */
  static welcoming(authTypes: readonly number[] = [0], keepalive = true): FakeLibvirtd {
    const host = new FakeLibvirtd();
    host.on(authList, () => ({ types: authTypes }));
    host.on(connectSupportsFeature, ({ feature }) => ({ supported: feature === 10 && keepalive ? 1 : 0 }));
    host.on(connectOpen, () => undefined);
    host.on(connectClose, () => undefined);
    return host;
  }

  /** Answers every call of a procedure; throw a Refusal to refuse. Calls without a handler stay unanswered. */
  on<A, R>(procedure: Procedure<A, R>, answer: (args: A) => R): void {
    this.#handlers.set(procedure.number, (call) => {
      try {
        this.reply(call, procedure, answer(argumentsOf(procedure, call)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.refuse(call, error);
      }
    });
  }

  /** Answers when the promise is fulfilled: a host that takes its time. */
  onLater<A, R>(procedure: Procedure<A, R>, answer: (args: A) => Promise<R>): void {
    this.#handlers.set(procedure.number, (call) => {
      void answer(argumentsOf(procedure, call)).then((value) => this.reply(call, procedure, value));
    });
  }

  off<A, R>(procedure: Procedure<A, R>): void {
    this.#handlers.delete(procedure.number);
  }

  /** The messages that came in for a procedure (calls and stream data). */
  of<A, R>(procedure: Procedure<A, R>): readonly Received[] {
    return this.received.filter(({ header }) => header.procedure === procedure.number);
  }

  reply<A, R>(call: Received, procedure: Procedure<A, R>, value: R): void {
    const header = { ...call.header, type: messageTypes.reply, status: messageStatuses.ok };
    this.send(encodeMessage(header, (writer) => procedure.reply.write(writer, writable(value))));
  }

  refuse(call: Received, refusal: Refusal): void {
    const type = call.header.type === messageTypes.call ? messageTypes.reply : messageTypes.stream;
    const header = { ...call.header, type, status: messageStatuses.error };
    this.send(encodeMessage(header, (writer) => remoteError.write(writer, refusal.remote)));
  }

  /** `body` must write what the event's own codec reads. */
  tell<M, B>(event: EventKind<M>, body: Codec<unknown, B>, value: B): void {
    const header = messageHeader({ procedure: event.number, type: messageTypes.message });
    this.send(encodeMessage(header, (writer) => body.write(writer, value)));
  }

  /** Stream data of a call; empty data is the end of what can be read. */
  data(call: Received, bytes: Uint8Array): void {
    this.send(encodeRawMessage(streamHeader(call, messageStatuses.continue), bytes));
  }

  confirm(call: Received): void {
    this.send(encodeMessage(streamHeader(call, messageStatuses.ok)));
  }

  send(bytes: Uint8Array): void {
    this.#end.write(bytes);
  }

  hangUp(): void {
    this.#end.destroy();
  }

  #receive(frame: Buffer): void {
    const received = { header: readHeader(frame).header, payload: Buffer.from(payloadBytes(frame)) };
    this.received.push(received);
    if (received.header.type === messageTypes.call) {
      this.#handlers.get(received.header.procedure)?.(received);
    }
  }
}

export function messageHeader(fields: Partial<MessageHeader>): MessageHeader {
  return {
    program: programs.remote,
    version: programVersion,
    procedure: 0,
    type: messageTypes.reply,
    serial: 0,
    status: messageStatuses.ok,
    ...fields,
  };
}

function streamHeader(call: Received, status: number): MessageHeader {
  return { ...call.header, type: messageTypes.stream, status };
}

// The two edges: a procedure types only what its client writes and reads, and this is the other side.

export function argumentsOf<A, R>(procedure: Procedure<A, R>, call: Received): A {
  return procedure.args.read(new XdrReader(call.payload)) as A;
}

function writable(value: unknown): never {
  return value as never;
}
