import type { Duplex } from 'node:stream';
import type { DroverError } from '#shared/contract/errors.ts';
import type { Clock } from '../../../clock/clock.ts';
import { type Call, CallTable } from './callTable.ts';
import { EventRouter } from './eventRouter.ts';
import { cancelled, connectionLost, cutOff, protocolBroken, timedOut, unsendable } from './failures.ts';
import { type ChannelLoss, FrameChannel } from './frameChannel.ts';
import { Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { LibvirtError, remoteError } from './libvirtError.ts';
import {
  encodeMessage,
  keepaliveProcedures,
  type MessageHeader,
  messageStatuses,
  messageTypes,
  payloadBytes,
  programs,
  programVersion,
  readHeader,
} from './messages.ts';
import type { Procedure, StreamProcedure } from './procedure.ts';
import type { RpcStream } from './rpcStream.ts';
import { StreamTable } from './streamTable.ts';
import { XdrError, type XdrReader } from './xdr/reader.ts';

export interface ClientOptions {
  /** Named in every error. */
  readonly host: string;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly maxConcurrentCalls: number;
}

export interface CallOptions {
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Goes past calls that wait their turn: for aborts. */
  readonly urgent?: boolean | undefined;
}

export interface StreamOptions extends CallOptions {
  /** Holes travel as `{ holeBytes }` instead of zeros; the procedure's flags must ask for it too. */
  readonly sparse?: boolean | undefined;
  /** How long the host may take to confirm the stream's end (it may be writing to disk); 60 s. */
  readonly confirmDeadlineMs?: number | undefined;
}

/** An answer before it is settled: `late` runs instead where nobody waits for it any more. */
interface Answer<Value> {
  readonly value: Value;
  readonly late?: () => void;
}

/** libvirt's RPC over one transport: calls, events, streams and keepalive. Ends with a reason, once and for all. */
export class RpcClient {
  readonly events = new EventRouter();
  readonly #options: ClientOptions;
  readonly #channel: FrameChannel;
  readonly #calls: CallTable;
  readonly #streams: StreamTable;
  readonly #closeListeners = new Set<(reason: DroverError) => void>();
  #keepalive: Keepalive | undefined;
  #closeReason: DroverError | undefined;

  constructor(transport: Duplex, options: ClientOptions) {
    this.#options = options;
    this.#channel = new FrameChannel(transport, {
      heard: () => this.#keepalive?.heard(),
      frame: (frame) => this.#receive(frame),
      lost: (loss) => this.fail(this.#explain(loss)),
    });
    this.#calls = new CallTable(options.maxConcurrentCalls, (frame) => this.#channel.send(frame));
    this.#streams = new StreamTable(this.#channel, options.host, options.clock);
  }

  get closeReason(): DroverError | undefined {
    return this.#closeReason;
  }

  /** @param late Called with a reply that came after its caller had given up, to undo what it made. */
  call<A, R>(
    procedure: Procedure<A, R>,
    args: A,
    options: CallOptions = {},
    late?: (reply: R) => void,
  ): Promise<R> {
    return this.#request(procedure, args, options, (payload) => {
      const value = readWhole(procedure, payload);
      return late === undefined ? { value } : { value, late: () => late(value) };
    });
  }

  openStream<A, R>(
    procedure: StreamProcedure<A, R>,
    args: A,
    options: StreamOptions = {},
  ): Promise<{ readonly reply: R; readonly stream: RpcStream }> {
    return this.#request(procedure, args, options, (payload, serial) => {
      const reply = readWhole(procedure, payload);
      // Opened here and not by the caller: its first data may be in the same chunk.
      const stream = this.#streams.open(procedure, serial, options);
      return { value: { reply, stream }, late: () => stream.destroy() };
    });
  }

  startKeepalive(options: KeepaliveOptions): void {
    if (this.#closeReason !== undefined) return;
    this.#keepalive = new Keepalive(options, this.#options.clock, {
      ping: () => this.#sendKeepalive(keepaliveProcedures.ping),
      deaf: () => this.#channel.held,
      dead: (silentMs) =>
        this.fail(
          connectionLost(
            this.#options.host,
            `it answered none of ${options.count} keepalives and was silent for ${Math.round(silentMs)} ms`,
          ),
        ),
    });
  }

  /** Called once, when the connection ends; in the next microtask if it has already. */
  onClose(listener: (reason: DroverError) => void): () => void {
    const own = (reason: DroverError) => listener(reason);
    this.#closeListeners.add(own);
    if (this.#closeReason !== undefined) queueMicrotask(() => this.#tellClosed());
    return () => this.#closeListeners.delete(own);
  }

  /** Ends everything: calls, streams, events and the transport. Only the first reason counts. */
  fail(reason: DroverError): void {
    if (this.#closeReason !== undefined) return;
    this.#closeReason = reason;
    this.#keepalive?.stop();
    this.#channel.close();
    this.events.clear();
    this.#calls.cutAll(reason);
    this.#streams.cutAll(reason);
    this.#tellClosed();
  }

  #tellClosed(): void {
    const reason = this.#closeReason;
    if (reason === undefined) return;
    const listeners = [...this.#closeListeners];
    this.#closeListeners.clear();
    for (const listener of listeners) listener(reason);
  }

  #request<A, R, V>(
    procedure: Procedure<A, R>,
    args: A,
    options: CallOptions,
    accept: (payload: XdrReader, serial: number) => Answer<V>,
  ): Promise<V> {
    const { host, clock } = this.#options;
    const { name } = procedure;
    const { signal } = options;
    const deadlineMs = options.deadlineMs ?? this.#options.deadlineMs;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(host, name, 'waiting', signal.reason));
      if (this.#closeReason !== undefined) return reject(cutOff(host, name, 'waiting', this.#closeReason));

      let open = true;
      const settle = (action: () => void): void => {
        if (!open) return;
        open = false;
        cancelDeadline();
        signal?.removeEventListener('abort', onAbort);
        action();
      };
      const call: Call = {
        program: procedure.program,
        procedure: procedure.number,
        name,
        frame: this.#encode(procedure, args),
        urgent: options.urgent ?? false,
        answer: (header, payload) => {
          if (header.status === messageStatuses.error) {
            const error = readRemoteError(host, name, payload);
            return settle(() => reject(error));
          }
          const { value, late } = accept(payload, header.serial);
          if (open) settle(() => resolve(value));
          else late?.();
        },
        cut: (reason, progress) => settle(() => reject(cutOff(host, name, progress, reason))),
      };
      const onAbort = (): void =>
        settle(() => reject(cancelled(host, name, this.#calls.withdraw(call), signal?.reason)));
      const cancelDeadline = clock.after(deadlineMs, () =>
        settle(() => reject(timedOut(host, name, deadlineMs, this.#calls.withdraw(call)))),
      );
      signal?.addEventListener('abort', onAbort);
      this.#calls.add(call);
    });
  }

  #encode<A, R>(procedure: Procedure<A, R>, args: A): Buffer {
    const header = {
      program: procedure.program,
      version: programVersion,
      procedure: procedure.number,
      type: messageTypes.call,
      serial: 0,
      status: messageStatuses.ok,
    };
    try {
      return encodeMessage(header, (writer) => procedure.args.write(writer, args));
    } catch (error) {
      if (!(error instanceof XdrError)) throw error;
      throw unsendable(this.#options.host, procedure.name, error.message);
    }
  }

  #receive(frame: Buffer): void {
    const { header, payload } = readHeader(frame);
    try {
      this.#dispatch(header, payload, frame);
    } catch (error) {
      if (!(error instanceof XdrError)) throw error;
      this.fail(protocolBroken(this.#options.host, `${described(header)}: ${error.message}`));
    }
  }

  #dispatch(header: MessageHeader, payload: XdrReader, frame: Buffer): void {
    if (header.version !== programVersion) throw new XdrError(`version ${header.version} of the program`);
    if (header.program === programs.keepalive) return this.#answerKeepalive(header);
    if (header.program !== programs.remote && header.program !== programs.qemu) {
      throw new XdrError('a program that libvirt does not have');
    }
    switch (header.type) {
      case messageTypes.reply:
        return this.#answer(header, payload);
      case messageTypes.message:
        return this.events.route(header.procedure, payloadBytes(frame));
      case messageTypes.stream:
      case messageTypes.streamHole:
        return this.#streams.receive(header, payload, payloadBytes(frame));
      default:
        throw new XdrError('a type of message that hosts do not send');
    }
  }

  #answer(header: MessageHeader, payload: XdrReader): void {
    if (header.status !== messageStatuses.ok && header.status !== messageStatuses.error) {
      throw new XdrError(`a reply with status ${header.status}`);
    }
    const call = this.#calls.take(header.serial);
    if (call === undefined) throw new XdrError('a reply to a call that was not made');
    try {
      if (call.procedure !== header.procedure || call.program !== header.program) {
        throw new XdrError(`a reply to another call, ${call.name}, than the one of that serial`);
      }
      call.answer(header, payload);
    } catch (error) {
      if (!(error instanceof XdrError)) throw error;
      const reason = protocolBroken(this.#options.host, `the answer to ${call.name}: ${error.message}`);
      call.cut(reason, 'sent');
      this.fail(reason);
    }
  }

  #answerKeepalive(header: MessageHeader): void {
    if (header.type !== messageTypes.message) throw new XdrError('a keepalive that is no message');
    if (header.procedure === keepaliveProcedures.ping) this.#sendKeepalive(keepaliveProcedures.pong);
    else if (header.procedure !== keepaliveProcedures.pong) throw new XdrError('an unknown keepalive');
  }

  #sendKeepalive(procedure: number): void {
    this.#channel.send(
      encodeMessage({
        program: programs.keepalive,
        version: programVersion,
        procedure,
        type: messageTypes.message,
        serial: 0,
        status: messageStatuses.ok,
      }),
    );
  }

  #explain(loss: ChannelLoss): DroverError {
    const { host } = this.#options;
    switch (loss.kind) {
      case 'ended':
        return connectionLost(
          host,
          loss.midMessage ? 'it was closed in the middle of a message' : 'the other side closed it',
        );
      case 'failed':
        return connectionLost(host, `it broke (${loss.error.message})`, loss.error);
      case 'garbage':
        return protocolBroken(host, loss.cause);
    }
  }
}

function readWhole<A, R>(procedure: Procedure<A, R>, payload: XdrReader): R {
  const reply = procedure.reply.read(payload);
  payload.expectEnd();
  return reply;
}

function readRemoteError(host: string, procedure: string, payload: XdrReader): LibvirtError {
  const error = remoteError.read(payload);
  payload.expectEnd();
  return new LibvirtError(host, procedure, error);
}

function described(header: MessageHeader): string {
  const program = `0x${header.program.toString(16)}`;
  return `message of type ${header.type} (program ${program}, procedure ${header.procedure}, serial ${header.serial})`;
}
