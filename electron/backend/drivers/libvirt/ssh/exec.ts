import { DroverError } from '#shared/contract/errors.ts';
import { type CommandChannel, shorten } from './channelStream.ts';
import { cancelledError, type Limits, tooLate } from './deadline.ts';

export interface ExecOptions extends Limits {
  readonly stdin?: string | Uint8Array;
  /** Of standard output; standard error keeps its last 64 KiB. Default 16 MiB. */
  readonly maxBytes?: number;
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

const EXEC_DEADLINE_MS = 60_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Runs a command to its end, within its deadline and its bound on output; past either, it is killed. */
export async function runCommand(
  opener: CommandOpener,
  command: string,
  options: ExecOptions,
): Promise<ExecResult> {
  const tried = `Run "${shorten(command)}" on ${opener.hostName}`;
  const deadlineMs = options.deadlineMs ?? EXEC_DEADLINE_MS;
  const startedAt = performance.now();
  const channel = await opener.openCommand(command, { ...options, deadlineMs });
  const leftMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
  const { signal } = options;
  const maxBytes = options.maxBytes ?? MAX_OUTPUT_BYTES;
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise<ExecResult>((resolve, reject) => {
    const giveUp = (error: DroverError): void => {
      stop();
      channel.kill();
      reject(error);
    };
    const onAbort = (): void => giveUp(cancelledError(tried));
    const timer = setTimeout(() => giveUp(tooLate(tried, deadlineMs)), leftMs);
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    channel.on('error', () => {
      // The command's own end says more, and comes by `ended`.
    });
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
    channel.end(options.stdin ?? '');
  });
}

function tooMuch(tried: string, maxBytes: number): DroverError {
  return new DroverError({
    code: 'protocol-broken',
    tried,
    cause: `it wrote more than the ${maxBytes} bytes expected of it, and was stopped`,
    details: { maxBytes },
  });
}
