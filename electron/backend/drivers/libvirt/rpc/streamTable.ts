import { DroverError } from '#shared/contract/errors.ts';
import type { Clock } from '../../../clock/clock.ts';
import { cutOff } from './failures.ts';
import type { FrameChannel } from './frameChannel.ts';
import { LibvirtError, remoteError } from './libvirtError.ts';
import {
  encodeMessage,
  encodeRawMessage,
  type MessageHeader,
  messageStatuses,
  messageTypes,
  programVersion,
  streamHole,
} from './messages.ts';
import type { Procedure, StreamDirection } from './procedure.ts';
import { RpcStream, type StreamLink } from './rpcStream.ts';
import { XdrError, type XdrReader } from './xdr/reader.ts';

const defaultConfirmDeadlineMs = 60_000;

interface OpenStream {
  readonly name: string;
  readonly sparse: boolean;
  readonly stream: RpcStream;
}

/** The streams of one connection, by the serial of the call that opened each. */
export class StreamTable {
  readonly #channel: FrameChannel;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #streams = new Map<number, OpenStream>();

  constructor(channel: FrameChannel, host: string, clock: Clock) {
    this.#channel = channel;
    this.#host = host;
    this.#clock = clock;
  }

  open(
    procedure: Procedure<never, unknown> & { readonly direction: StreamDirection },
    serial: number,
    options: { readonly sparse?: boolean | undefined; readonly confirmDeadlineMs?: number | undefined },
  ): RpcStream {
    const sparse = options.sparse ?? false;
    const confirmDeadlineMs = options.confirmDeadlineMs ?? defaultConfirmDeadlineMs;
    const link = this.#link(procedure, serial, confirmDeadlineMs);
    const stream = new RpcStream(link, procedure.direction, sparse);
    this.#streams.set(serial, { name: procedure.name, sparse, stream });
    return stream;
  }

  /** @throws XdrError where the message breaks the protocol. */
  receive(header: MessageHeader, payload: XdrReader, bytes: Buffer): void {
    const open = this.#streams.get(header.serial);
    // The host may have sent on before it heard that we ended the stream.
    if (open === undefined) return;
    const { stream, name } = open;
    switch (header.status) {
      case messageStatuses.continue:
        return header.type === messageTypes.streamHole
          ? this.#receiveHole(open, payload)
          : this.#receiveData(open, bytes);
      case messageStatuses.ok:
        if (!stream.receiveConfirmation()) throw new XdrError(`the unasked end of the stream of ${name}`);
        return;
      case messageStatuses.error:
        return stream.receiveError(new LibvirtError(this.#host, name, remoteError.read(payload)));
      default:
        throw new XdrError(`a stream message with status ${header.status}`);
    }
  }

  cutAll(reason: DroverError): void {
    for (const { stream, name } of this.#streams.values()) {
      stream.receiveError(cutOff(this.#host, name, 'sent', reason));
    }
  }

  #receiveData({ stream, name }: OpenStream, bytes: Buffer): void {
    if (bytes.length === 0) stream.receiveEnd();
    else if (!stream.receive(bytes)) throw new XdrError(`data for ${name}, which only takes data`);
  }

  #receiveHole({ stream, name, sparse }: OpenStream, payload: XdrReader): void {
    const { length } = streamHole.read(payload);
    if (!sparse || length < 0n) throw new XdrError(`a hole of ${length} bytes that ${name} did not ask for`);
    stream.receive({ holeBytes: length });
  }

  #link(procedure: Procedure<never, unknown>, serial: number, confirmDeadlineMs: number): StreamLink {
    const channel = this.#channel;
    const holder = {};
    const header = (type: number, status: number): MessageHeader => ({
      program: procedure.program,
      version: programVersion,
      procedure: procedure.number,
      type,
      serial,
      status,
    });
    const { stream, streamHole: hole } = messageTypes;
    const { ok, error, continue: more } = messageStatuses;
    return {
      sendData: (data, written) => channel.send(encodeRawMessage(header(stream, more), data), written),
      sendHole: ({ holeBytes }, written) => {
        const write = streamHole.write;
        channel.send(
          encodeMessage(header(hole, more), (writer) => write(writer, { length: holeBytes })),
          written,
        );
      },
      sendFinish: () => channel.send(encodeMessage(header(stream, ok))),
      sendAbort: () => channel.send(encodeMessage(header(stream, error))),
      hold: () => channel.hold(holder),
      release: () => channel.release(holder),
      forget: () => {
        this.#streams.delete(serial);
        channel.release(holder);
      },
      awaitConfirmation: (expired) =>
        this.#clock.after(confirmDeadlineMs, () => expired(this.#unconfirmed(procedure, confirmDeadlineMs))),
    };
  }

  #unconfirmed(procedure: Procedure<never, unknown>, deadlineMs: number): DroverError {
    return new DroverError({
      code: 'timed-out',
      tried: `Finish the stream of ${procedure.name} on ${this.#host}`,
      cause: `the host did not confirm within ${deadlineMs} ms that all of it arrived`,
      next: 'Check the volume there before using it',
      details: { procedure: procedure.name, deadlineMs },
    });
  }
}
