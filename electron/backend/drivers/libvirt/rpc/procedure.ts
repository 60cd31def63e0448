import { programs } from './messages.ts';
import type { Codec } from './xdr/codec.ts';

/** A call that libvirt offers: its number and the layout of both directions. */
export interface Procedure<Arguments, Reply> {
  readonly program: number;
  readonly number: number;
  /** As in remote_protocol.x without REMOTE_PROC_, lower case: `domain_get_state`. */
  readonly name: string;
  readonly args: Codec<unknown, Arguments>;
  readonly reply: Codec<Reply, never>;
}

/** Seen from here: `read` carries data from the host. */
export type StreamDirection = 'read' | 'write' | 'both';

/** A call that opens a stream when it succeeds. */
export interface StreamProcedure<Arguments, Reply> extends Procedure<Arguments, Reply> {
  readonly direction: StreamDirection;
}

export function procedure<Arguments, Reply>(
  number: number,
  name: string,
  args: Codec<unknown, Arguments>,
  reply: Codec<Reply, never>,
): Procedure<Arguments, Reply> {
  return { program: programs.remote, number, name, args, reply };
}

export function streamProcedure<Arguments, Reply>(
  number: number,
  name: string,
  args: Codec<unknown, Arguments>,
  reply: Codec<Reply, never>,
  direction: StreamDirection,
): StreamProcedure<Arguments, Reply> {
  return { program: programs.remote, number, name, args, reply, direction };
}

/** Something libvirt tells by itself once asked to: what to register for, and the layout of its messages. */
export interface EventKind<Message> {
  readonly family: 'domain' | 'network' | 'storagePool';
  /** The event's id in its family (virDomainEventID and the like). */
  readonly id: number;
  /** Number and name of the message's procedure. */
  readonly number: number;
  readonly name: string;
  /** Begins with the callback's id on the wire. */
  readonly body: Pick<Codec<Message, never>, 'layout' | 'read'>;
}
