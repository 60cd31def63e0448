import * as codec from './xdr/codec.ts';
import { XdrReader } from './xdr/reader.ts';
import { XdrWriter } from './xdr/writer.ts';

// Numbers of libvirt's src/rpc/virnetprotocol.x, virkeepaliveprotocol.x, remote_protocol.x and qemu_protocol.x.
export const programs = { remote: 0x2000_8086, qemu: 0x2000_8087, keepalive: 0x6b65_6570 } as const;
export const programVersion = 1;
export const keepaliveProcedures = { ping: 1, pong: 2 } as const;

export const messageTypes = { call: 0, reply: 1, message: 2, stream: 3, streamHole: 6 } as const;
export const messageStatuses = { ok: 0, error: 1, continue: 2 } as const;

/** Bytes of the length word, which counts itself but not towards `maximumMessageBytes`. */
export const lengthWordBytes = 4;
export const headerBytes = 24;
/** VIR_NET_MESSAGE_MAX: header and payload. */
export const maximumMessageBytes = 33_554_432;
/** VIR_NET_MESSAGE_STRING_MAX and REMOTE_STRING_MAX. */
export const maximumStringBytes = 4_194_304;
/** VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX: the most stream data that every version takes in one message. */
export const maximumStreamPayloadBytes = 262_120;

export interface MessageHeader {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
}

/** `frame` is a whole message, length word included; the reader returned stands at the payload. */
export function readHeader(frame: Buffer): { readonly header: MessageHeader; readonly payload: XdrReader } {
  const reader = new XdrReader(frame, lengthWordBytes);
  const header = {
    program: reader.uint(),
    version: reader.uint(),
    procedure: reader.int(),
    type: reader.uint(),
    serial: reader.uint(),
    status: reader.uint(),
  };
  return { header, payload: reader };
}

export function payloadBytes(frame: Buffer): Buffer {
  return frame.subarray(lengthWordBytes + headerBytes);
}

/** A whole frame, its payload written by `writePayload` under the protocol's size limit. */
export function encodeMessage(header: MessageHeader, writePayload?: (writer: XdrWriter) => void): Buffer {
  const writer = new XdrWriter(lengthWordBytes + maximumMessageBytes);
  writer.uint(0);
  writeHeader(writer, header);
  writePayload?.(writer);
  const frame = writer.finish();
  frame.writeUInt32BE(frame.length, 0);
  return frame;
}

/** A frame around raw bytes, as stream data has no XDR around it (and no padding). */
export function encodeRawMessage(header: MessageHeader, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(lengthWordBytes + headerBytes + payload.length);
  const start = encodeMessage(header);
  start.copy(frame);
  frame.set(payload, start.length);
  frame.writeUInt32BE(frame.length, 0);
  return frame;
}

function writeHeader(writer: XdrWriter, header: MessageHeader): void {
  writer.uint(header.program);
  writer.uint(header.version);
  writer.int(header.procedure);
  writer.uint(header.type);
  writer.uint(header.serial);
  writer.uint(header.status);
}

/** virNetStreamHole. */
export const streamHole = codec.struct({ length: codec.hyper, flags: codec.flags });
