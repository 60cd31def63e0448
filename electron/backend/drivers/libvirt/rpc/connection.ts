import type { Duplex } from 'node:stream';
import { DroverError } from '#shared/contract/errors.ts';
import { type Clock, wallClock } from '../../../clock/clock.ts';
import { authenticate } from './authentication.ts';
import { type CallOptions, RpcClient, type StreamOptions } from './client.ts';
import { features } from './constants.ts';
import { closedHere } from './failures.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import type { EventKind, Procedure, StreamProcedure } from './procedure.ts';
import { connectClose, connectOpen, connectSupportsFeature } from './procedures/connection.ts';
import type { RpcStream } from './rpcStream.ts';
import { type EndSubscription, type SubscribeOptions, subscribe } from './subscription.ts';

export interface OpenOptions {
  /** The host's name, for every error. */
  readonly host: string;
  /** Which of its drivers; 'qemu:///system' unless told otherwise. */
  readonly uri?: string | undefined;
  readonly readOnly?: boolean | undefined;
  /** For the whole opening, and for each call that names none; 10 s. */
  readonly deadlineMs?: number | undefined;
  /** 5 s and 5 pings unless told otherwise; false sends none (those of the host are answered anyway). */
  readonly keepalive?: KeepaliveOptions | false | undefined;
  /** Calls sent at a time, 4: see CallTable. */
  readonly maxConcurrentCalls?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An open libvirt connection. All failures are DroverErrors; those that libvirt answered are LibvirtErrors. */
export interface LibvirtConnection {
  readonly host: string;
  readonly uri: string;
  /** Undefined while open. */
  readonly closeReason: DroverError | undefined;
  call<R>(procedure: Procedure<undefined, R>): Promise<R>;
  call<A, R>(procedure: Procedure<A, R>, args: NoInfer<A>, options?: CallOptions): Promise<R>;
  openStream<A, R>(
    procedure: StreamProcedure<A, R>,
    args: NoInfer<A>,
    options?: StreamOptions,
  ): Promise<{ readonly reply: R; readonly stream: RpcStream }>;
  /** What a listener throws is a bug and surfaces as one; the connection goes on. */
  subscribe<M>(
    event: EventKind<M>,
    listener: (message: M) => void,
    options?: SubscribeOptions,
  ): Promise<EndSubscription>;
  /** Whether the host has one of `features`; asked once. */
  supports(feature: number, options?: CallOptions): Promise<boolean>;
  /** Called once; in the next microtask if it is closed already. */
  onClose(listener: (reason: DroverError) => void): () => void;
  /** Says goodbye, then ends the transport. Calls still open fail. Never rejects. */
  close(): Promise<void>;
}

const defaultDeadlineMs = 10_000;
const defaultKeepalive: KeepaliveOptions = { intervalMs: 5_000, count: 5 };
const defaultMaxConcurrentCalls = 4;
const goodbyeDeadlineMs = 2_000;

/**
 * Opens libvirt over a transport: authentication, keepalive, then the driver of `uri`. The transport belongs to the
 * connection from now on and is destroyed if opening fails.
 */
export async function openConnection(transport: Duplex, options: OpenOptions): Promise<LibvirtConnection> {
  const clock = options.clock ?? wallClock;
  const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
  const client = new RpcClient(transport, {
    host: options.host,
    clock,
    deadlineMs,
    maxConcurrentCalls: options.maxConcurrentCalls ?? defaultMaxConcurrentCalls,
  });
  const endsAtMs = clock.elapsed() + deadlineMs;
  const step = (): CallOptions => ({
    deadlineMs: Math.max(0, Math.ceil(endsAtMs - clock.elapsed())),
    signal: options.signal,
  });
  try {
    await authenticate(client, options.host, step);
    const connection = new OpenLibvirtConnection(client, options);
    if (options.keepalive !== false && (await connection.supports(features.programKeepalive, step()))) {
      client.startKeepalive(options.keepalive ?? defaultKeepalive);
    }
    await client.call(connectOpen, { name: connection.uri, flags: options.readOnly ? 1 : 0 }, step());
    return connection;
  } catch (error) {
    // Of a connection that broke while it was opened, why it broke is all there is to say.
    const reason = client.closeReason ?? error;
    client.fail(closedHere(options.host));
    throw reason;
  }
}

class OpenLibvirtConnection implements LibvirtConnection {
  readonly host: string;
  readonly uri: string;
  readonly #client: RpcClient;
  readonly #features = new Map<number, boolean>();
  #closing: Promise<void> | undefined;

  constructor(client: RpcClient, options: OpenOptions) {
    this.host = options.host;
    this.uri = options.uri ?? 'qemu:///system';
    this.#client = client;
  }

  get closeReason(): DroverError | undefined {
    return this.#client.closeReason;
  }

  call<R>(procedure: Procedure<undefined, R>): Promise<R>;
  call<A, R>(procedure: Procedure<A, R>, args: NoInfer<A>, options?: CallOptions): Promise<R>;
  call<A, R>(procedure: Procedure<A | undefined, R>, args?: A, options?: CallOptions): Promise<R> {
    return this.#client.call(procedure, args, options);
  }

  openStream<A, R>(
    procedure: StreamProcedure<A, R>,
    args: NoInfer<A>,
    options?: StreamOptions,
  ): Promise<{ readonly reply: R; readonly stream: RpcStream }> {
    return this.#client.openStream(procedure, args, options);
  }

  subscribe<M>(
    event: EventKind<M>,
    listener: (message: M) => void,
    options: SubscribeOptions = {},
  ): Promise<EndSubscription> {
    return subscribe(this.#client, this.host, event, listener, options);
  }

  async supports(feature: number, options?: CallOptions): Promise<boolean> {
    const known = this.#features.get(feature);
    if (known !== undefined) return known;
    const { supported } = await this.#client.call(connectSupportsFeature, { feature }, options);
    this.#features.set(feature, supported !== 0);
    return supported !== 0;
  }

  onClose(listener: (reason: DroverError) => void): () => void {
    return this.#client.onClose(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#sayGoodbye();
    return this.#closing;
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#client.closeReason !== undefined) return;
    try {
      await this.#client.call(connectClose, undefined, { deadlineMs: goodbyeDeadlineMs, urgent: true });
    } catch (error) {
      // A host that does not answer is left all the same; a bug is not hidden.
      if (!(error instanceof DroverError)) throw error;
    }
    this.#client.fail(closedHere(this.host));
  }
}
