import { constants } from 'node:os';
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { DroverError } from '#shared/contract/errors.ts';

/**
 * A channel of an SSH connection as an ordinary Node stream. ssh2's own channel ends without an error when the
 * connection is cut, never calls back a write after that, and does not emit 'close' on destroy; all three matter to
 * whoever waits on the other end.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel;

  /** `cutReason` is asked when the channel closes: why the whole connection ended, if it did. */
  constructor(channel: ClientChannel, cutReason: () => DroverError | undefined) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
    // A cut connection is an expected failure, told by the login as well: it must not bring the program down because it
    // came before whoever opened this stream was listening.
    this.on('error', () => {});
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => {
      // On a cut connection the error must come before the end, or a reader takes half an answer for a whole one.
      if (cutReason() === undefined) this.push(null);
    });
    channel.on('error', (error: Error) => this.destroy(error));
    channel.on('close', () => {
      const reason = cutReason();
      if (reason) this.destroy(reason);
      else if (this.readableEnded || this.destroyed) this.destroy();
      else {
        this.push(null);
        this.once('end', () => this.destroy());
      }
    });
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (!this.#channel.writable) return done(new Error('the other side closed the channel'));
    this.#channel.write(chunk, encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#channel.writable) this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // Its buffered data is of no more use, but ssh2 closes a channel only after it has been read to the end.
    this.#channel.removeAllListeners('data');
    this.#channel.resume();
    this.#channel.close();
    done(error);
  }
}

export interface CommandEnd {
  /** 128 + the signal's number when a signal ended it. */
  readonly code: number;
  /** The end of what it wrote to standard error, at most 64 KiB. */
  readonly stderr: string;
}

const STDERR_LIMIT_BYTES = 64 * 1024;

/** Standard input and output of a command on the host. */
export class CommandChannel extends ChannelStream {
  /** Resolves when the command has ended; rejects when the connection was cut before. Need not be waited for. */
  readonly ended: Promise<CommandEnd>;
  readonly #channel: ClientChannel;

  constructor(channel: ClientChannel, command: string, cutReason: () => DroverError | undefined) {
    super(channel, cutReason);
    this.#channel = channel;
    this.ended = commandEnd(channel, command, cutReason);
    this.ended.catch(() => {});
  }

  /**
   * Asks sshd to kill the command, which it does only for users other than root and while input is open. Otherwise the
   * command goes on until it next reads or writes.
   */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#channel.writable) this.#channel.signal('KILL');
    super._destroy(error, done);
  }
}

function commandEnd(
  channel: ClientChannel,
  command: string,
  cutReason: () => DroverError | undefined,
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    let stderr = Buffer.alloc(0);
    let code: number | undefined;
    channel.stderr.on('data', (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_LIMIT_BYTES);
    });
    channel.on('exit', (exitCode: number | null, signal?: string) => {
      code = exitCode ?? 128 + signalNumber(signal);
    });
    channel.on('close', () => {
      if (code !== undefined) return resolve({ code, stderr: stderr.toString('utf8') });
      reject(
        cutReason() ??
          new DroverError({
            code: 'connection-lost',
            tried: `Run "${shorten(command)}"`,
            cause: 'the host closed the channel without saying how the command ended',
          }),
      );
    });
  });
}

function signalNumber(signal: string | undefined): number {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return signal === undefined ? 0 : (numbers[signal] ?? 0);
}

/** Enough of a command to know it by; scripts run to hundreds of lines. */
export function shorten(command: string): string {
  const line = command.trim().split('\n')[0] ?? '';
  return line.length > 60 || line.length < command.trim().length ? `${line.slice(0, 60)}…` : line;
}
