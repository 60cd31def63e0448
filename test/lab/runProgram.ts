import { spawn } from 'node:child_process';
import { LabError } from './labError.ts';

export interface ProgramOptions {
  readonly input?: string;
  readonly deadlineMs?: number;
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const defaultDeadlineMs = 30_000;

/** Runs a program to its end and returns whatever came of it; only one that cannot start or overstays throws LabError. */
export function tryProgram(command: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const [program = '', ...parameters] = command;
  const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: options.cwd,
      env: options.environment ?? { ...process.env, LC_ALL: 'C' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new LabError(`\`${command.join(' ')}\` has not ended within ${deadlineMs} ms and was killed.`));
    }, deadlineMs);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that ends without reading its input closes the pipe; its exit code tells the story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new LabError(`\`${command.join(' ')}\` could not be started: ${cause.message}.`, { cause }));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        exitCode: code ?? 128,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8') + (signal === null ? '' : `(ended by ${signal})`),
      });
    });
  });
}

/** Runs a program that must succeed and returns its standard output; LabError with its words when it does not. */
export async function runProgram(command: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const result = await tryProgram(command, options);
  if (result.exitCode !== 0) {
    const words = (result.stderr.trim() || result.stdout.trim() || 'it said nothing').slice(-2000);
    throw new LabError(`\`${command.join(' ')}\` ended with ${result.exitCode}: ${words}`);
  }
  return result.stdout;
}
