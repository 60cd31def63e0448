import { DroverError } from '#shared/contract/errors.ts';
import { type CommandChannel, shorten } from './channelStream.ts';
import { cancelledError, type Limits, tooLate } from './deadline.ts';
import { quote } from './shell.ts';

export interface ExecOptions extends Limits {
  readonly stdin?: string | Uint8Array;
  /** Of standard output; standard error keeps its last 64 KiB. Default 16 MiB. */
  readonly maxBytes?: number;
  /**
   * Kill the command, and all it started, when its deadline passes, it is cancelled or the login is lost. Without this
   * sshd closes its input and output, and a command that uses neither goes on. The command gets no input.
   */
  readonly endWithLogin?: boolean;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CommandOpener {
  readonly hostName: string;
  openCommand(command: string, limits: Limits): Promise<CommandChannel>;
}

export const EXEC_DEADLINE_MS = 60_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Runs a command to its end, within its deadline and its bound on output; past either, its channel is closed. */
export async function runCommand(
  opener: CommandOpener,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> {
  const tried = `Run "${shorten(command)}" on ${opener.hostName}`;
  const deadlineMs = options.deadlineMs ?? EXEC_DEADLINE_MS;
  const startedAt = performance.now();
  const bound = options.endWithLogin === true;
  const channel = await opener.openCommand(bound ? boundToLogin(command) : command, {
    ...options,
    deadlineMs,
  });
  const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
  const { signal } = options;
  const maxBytes = options.maxBytes ?? MAX_OUTPUT_BYTES;
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise<ExecResult>((resolve, reject) => {
    const giveUp = (error: DroverError): void => {
      stop();
      channel.destroy();
      reject(error);
    };
    const onAbort = (): void => giveUp(cancelledError(tried));
    const timer = setTimeout(() => giveUp(tooLate(tried, deadlineMs)), leftMs);
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    channel.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) giveUp(tooMuch(tried, maxBytes));
      else chunks.push(chunk);
    });
    const outputRead = new Promise<void>((done) => channel.once('close', done));
    Promise.all([channel.ended, outputRead]).then(
      ([end]) => {
        stop();
        resolve({ code: end.code, stdout: Buffer.concat(chunks).toString('utf8'), stderr: end.stderr });
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    // A bound command takes the end of its input for the end of the login.
    if (!bound) channel.end(options.stdin ?? '');
  });
}

/**
 * Runs a command beside a watcher that waits for the end of input, which comes when the channel or the login ends, and
 * then kills the whole process group (sshd starts each command in a session of its own).
 */
function boundToLogin(command: string): string {
  const script =
    'exec 3<&0; eval "$0" </dev/null 3<&- & child=$!; ' +
    '{ cat <&3; kill -KILL 0; } >/dev/null 2>&1 & exec 3<&-; wait "$child"';
  return `exec sh -c ${quote(script)} ${quote(command)}`;
}

function tooMuch(tried: string, maxBytes: number): DroverError {
  return new DroverError({
    code: 'protocol-broken',
    tried,
    cause: `it wrote more than the ${maxBytes} bytes expected of it, and was stopped`,
    details: { maxBytes },
  });
}
