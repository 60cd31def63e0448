import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { DroverError } from '#shared/contract/errors.ts';
import { formatHostAndPort } from '#shared/model/sshAddress.ts';
import { ChannelStream, CommandChannel, shorten } from './channelStream.ts';
import { type Limits, within } from './deadline.ts';
import { EXEC_DEADLINE_MS, type ExecOptions, type ExecResult, runCommand } from './exec.ts';
import { formatCause, systemCode } from './tellCause.ts';
import { Turns } from './turns.ts';

export type SshPurpose = 'control' | 'bulk';

export interface ConnectionFacts {
  readonly purpose: SshPurpose;
  /** As the operator named the host. */
  readonly hostName: string;
  /** `user@host:port` really logged in to. */
  readonly address: string;
  /** `SHA256:...` */
  readonly hostKeyFingerprint: string;
  readonly keepaliveSeconds: number;
}

/**
 * sshd opens ten sessions for one login unless told otherwise (MaxSessions; forwarded sockets are none): so many for
 * what stays open, and the rest for commands that come and go, which wait for each other.
 */
export const lastingSessions = 6;
const PASSING_SESSIONS = 4;
/** sshd counts a session until it has buried its process, a moment after it was closed. */
const SESSION_AGAIN_MS = 50;
const SESSION_TRIES = 20;

/** RFC 4254, 5.1: what sshd answers, among others, when it has no session left. */
const CONNECT_FAILED = 2;
const CHANNEL_DEADLINE_MS = 15_000;
const CLOSE_DEADLINE_MS = 1_000;

/** One login to a host, with as many channels over it as are wanted. */
export class SshConnection {
  readonly purpose: SshPurpose;
  readonly hostName: string;
  readonly address: string;
  readonly hostKeyFingerprint: string;
  readonly #client: Client;
  readonly #stream: Duplex;
  readonly #listeners = new Set<(reason: DroverError) => void>();
  readonly #idleListeners = new Set<() => void>();
  readonly #turns = new Turns(PASSING_SESSIONS);
  #lasting = 0;
  #closeReason: DroverError | undefined;
  #closed: Promise<void>;

  constructor(client: Client, stream: Duplex, facts: ConnectionFacts) {
    this.purpose = facts.purpose;
    this.hostName = facts.hostName;
    this.address = facts.address;
    this.hostKeyFingerprint = facts.hostKeyFingerprint;
    this.#client = client;
    this.#stream = stream;
    let finished = (): void => {};
    this.#closed = new Promise((resolve) => {
      finished = resolve;
    });
    client.on('error', (error: Error) => this.#end(lost(facts, error)));
    client.on('close', () => {
      this.#end(lost(facts, undefined));
      finished();
    });
  }

  /** Why it ended; undefined while it holds. */
  get closeReason(): DroverError | undefined {
    return this.#closeReason;
  }

  /** Tells once, when the connection has ended for whatever reason; at once if it has already. */
  onClose(listener: (reason: DroverError) => void): () => void {
    this.#listeners.add(listener);
    if (this.#closeReason !== undefined) {
      const reason = this.#closeReason;
      queueMicrotask(() => {
        if (this.#listeners.delete(listener)) listener(reason);
      });
    }
    return () => void this.#listeners.delete(listener);
  }

  /** Sessions that stay open: commands whose input and output somebody holds. */
  get lasting(): number {
    return this.#lasting;
  }

  /** Tells whenever the last of those has ended. */
  onIdle(listener: () => void): () => void {
    this.#idleListeners.add(listener);
    return () => void this.#idleListeners.delete(listener);
  }

  /** A stream to a UNIX socket of the host (sshd: AllowStreamLocalForwarding). */
  openUnixSocket(path: string, limits: Limits = {}): Promise<Duplex> {
    const tried = `Open the socket ${path} on ${this.hostName}`;
    return this.#open(
      tried,
      limits,
      (done) => this.#client.openssh_forwardOutStreamLocal(path, done),
      (channel) => new ChannelStream(channel, () => this.#closeReason),
    );
  }

  /** A stream to a TCP port as seen from the host (sshd: AllowTcpForwarding). */
  forwardTcp(host: string, port: number, limits: Limits = {}): Promise<Duplex> {
    const tried = `Reach ${formatHostAndPort(host, port)} from ${this.hostName}`;
    return this.#open(
      tried,
      limits,
      (done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done),
      (channel) => new ChannelStream(channel, () => this.#closeReason),
    );
  }

  /** Starts a command and gives its input and output as a stream. */
  async openCommand(command: string, limits: Limits = {}): Promise<CommandChannel> {
    let isOpen = true;
    const ended = (): void => {
      if (isOpen) this.#lastingEnded();
      isOpen = false;
    };
    this.#lasting += 1;
    try {
      return await this.#session(command, limits, ended);
    } catch (error) {
      ended();
      throw error;
    }
  }

  /**
   * Runs a command to its end. A non-zero code is a result, not an error.
   * @throws DroverError `timed-out`, `cancelled`, `connection-lost`, `protocol-broken` (more output than allowed)
   */
  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const deadlineMs = options.deadlineMs ?? EXEC_DEADLINE_MS;
    const startedAt = performance.now();
    const end = await within(
      { deadlineMs, signal: options.signal },
      `Run "${shorten(command)}" on ${this.hostName}`,
      () => this.#turns.take(),
      (late) => late(),
    );
    const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
    const opener = {
      hostName: this.hostName,
      openCommand: (text: string, limits: Limits) => this.#passingSession(text, limits),
    };
    try {
      return await runCommand(opener, command, { ...options, deadlineMs: leftMs });
    } finally {
      end();
    }
  }

  /** Ends the login and every channel over it. Resolves when it is gone. */
  async close(): Promise<void> {
    const reason = new DroverError({
      code: 'connection-lost',
      tried: `Use the SSH connection to ${this.hostName}`,
      cause: 'Drover has closed it',
    });
    this.#end(reason);
    // A host that is gone acknowledges nothing; it is not waited for.
    const timer = setTimeout(() => this.#stream.destroy(), CLOSE_DEADLINE_MS);
    try {
      this.#client.end();
      await this.#closed;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(reason: DroverError): void {
    if (this.#closeReason !== undefined) return;
    this.#closeReason = reason;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener(reason);
  }

  async #passingSession(command: string, limits: Limits): Promise<CommandChannel> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#session(command, limits, () => {});
      } catch (error) {
        const isFull = error instanceof DroverError && error.details?.['reason'] === CONNECT_FAILED;
        if (!isFull || attempt === SESSION_TRIES || limits.signal?.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, SESSION_AGAIN_MS));
      }
    }
  }

  /** `ended` is called when sshd has let go of the session. */
  async #session(command: string, limits: Limits, ended: () => void): Promise<CommandChannel> {
    return await this.#open(
      `Run "${shorten(command)}" on ${this.hostName}`,
      limits,
      (done) => this.#client.exec(command, done),
      (channel) => {
        channel.once('close', ended);
        return new CommandChannel(channel, command, () => this.#closeReason);
      },
    );
  }

  #lastingEnded(): void {
    this.#lasting -= 1;
    if (this.#lasting > 0) return;
    for (const listener of this.#idleListeners) listener();
  }

  async #open<T extends Duplex>(
    tried: string,
    limits: Limits,
    request: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    wrap: (channel: ClientChannel) => T,
  ): Promise<T> {
    if (this.#closeReason !== undefined) throw this.#closeReason;
    let stopListening = (): void => {};
    try {
      return await within(
        { deadlineMs: limits.deadlineMs ?? CHANNEL_DEADLINE_MS, signal: limits.signal },
        tried,
        () =>
          new Promise<T>((resolve, reject) => {
            stopListening = this.onClose(reject);
            request((error, channel) => {
              if (!error) return resolve(wrap(channel));
              // When the connection is cut, ssh2 calls back with a text that says less than the reason does.
              reject(this.#closeReason ?? refusedChannel(tried, error));
            });
          }),
        (late) => late.destroy(),
      );
    } catch (error) {
      if (error instanceof DroverError) throw error;
      // ssh2 throws "Not connected" between the socket's end and its close event.
      throw this.#closeReason ?? refusedChannel(tried, error);
    } finally {
      stopListening();
    }
  }
}

/** ssh2 gives the SSH reason number (RFC 4254, 5.1) beside sshd's text. */
function refusedChannel(tried: string, error: unknown): DroverError {
  const reason = error instanceof Error && 'reason' in error ? Number(error.reason) : 0;
  const text = formatCause(error).replace(/^\(SSH\) Channel open failure: /, '');
  const forbidden = reason === 1;
  return new DroverError({
    code: 'connection-refused',
    tried,
    cause: forbidden ? `sshd there does not allow it (${text})` : `the host refused (${text})`,
    next: 'Check that it exists there, and what sshd_config allows (AllowTcpForwarding, AllowStreamLocalForwarding, MaxSessions)',
    details: { reason, hostSaid: text },
    source: error,
  });
}

function lost(facts: ConnectionFacts, error: (Error & { level?: string }) | undefined): DroverError {
  return new DroverError({
    code: 'connection-lost',
    tried: `Use the SSH connection to ${facts.hostName} (${facts.address})`,
    cause: lostCause(facts, error),
    next: 'Drover connects again by itself; if that fails, check that the host is running and reachable',
    source: error,
  });
}

function lostCause(facts: ConnectionFacts, error: (Error & { level?: string }) | undefined): string {
  if (error === undefined) return 'the host closed it';
  if (error instanceof DroverError) return `what carries it was lost (${error.message})`;
  if (error.level === 'client-timeout') return `the host has not answered for ${facts.keepaliveSeconds} s`;
  if (systemCode(error) === 'ECONNRESET') return 'it was cut off (connection reset)';
  return `it broke off (${formatCause(error)})`;
}
