import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Lab } from '../lab/startLab.ts';

/** What a command left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  interrupt(): void;
  /** The first line on standard output, of a command that goes on. */
  firstLine(): Promise<string>;
}

/** A command on a terminal. */
export interface Conversation {
  /** What is on the screen behind what was seen last. */
  has(wanted: RegExp): boolean;
  /** Waits until it is there; what is seen next is behind it. */
  sees(wanted: RegExp): Promise<void>;
  type(keys: string): void;
  readonly ended: Promise<{ readonly code: number | null; readonly screen: string }>;
}

export const errorAnswerSchema = z.object({ code: z.string(), message: z.string() });

/** The `drover` command in processes of its own, by an operator who has never logged in anywhere. */
export class DroverCommand {
  readonly home: string;
  readonly dataFolder: string;
  readonly #running = new Set<ChildProcess>();

  constructor() {
    this.home = mkdtempSync(join(tmpdir(), 'drover-command-'));
    this.dataFolder = join(this.home, 'data');
  }

  start(words: readonly string[]): Running {
    const child = spawn(process.execPath, [programFor(words), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#environment(),
    });
    this.#running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close').then(([code]): Ran => {
      this.#running.delete(child);
      return { code: typeof code === 'number' ? code : null, stdout, stderr };
    });
    return {
      ended,
      interrupt: () => void child.kill('SIGINT'),
      firstLine: async () => {
        while (!stdout.includes('\n')) {
          if (!this.#running.has(child)) throw new Error(`it ended without a word: ${stderr}`);
          await Promise.race([once(child.stdout, 'data'), ended]);
        }
        return stdout.split('\n')[0] ?? '';
      },
    };
  }

  /** On a terminal of its own, with a person before it who reads and types. */
  onTerminal(...words: readonly string[]): Conversation {
    const command = [process.execPath, 'scripts/drover.mjs', ...words].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: this.#environment(),
    });
    this.#running.add(child);
    let screen = '';
    let seen = 0;
    let isOver = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (screen += text));
    const ended = once(child, 'close').then(([code]) => {
      isOver = true;
      this.#running.delete(child);
      return { code: typeof code === 'number' ? code : null, screen };
    });
    return {
      ended,
      type: (keys) => void child.stdin.write(keys),
      has: (wanted) => wanted.test(screen.slice(seen)),
      async sees(wanted) {
        while (!wanted.test(screen.slice(seen))) {
          if (isOver) throw new Error(`it ended before it showed ${wanted}: ${screen}`);
          await Promise.race([once(child.stdout, 'data'), ended]);
        }
        seen = screen.length;
      },
    };
  }

  /** By a person who waits for each prompt and then types a line. Returns all that was on the screen. */
  async converse(
    words: readonly string[],
    lines: readonly (readonly [prompt: RegExp, answer: string])[],
  ): Promise<{ readonly code: number | null; readonly screen: string }> {
    const conversation = this.onTerminal(...words);
    for (const [prompt, answer] of lines) {
      await conversation.sees(prompt);
      conversation.type(`${answer}\r`);
    }
    return await conversation.ended;
  }

  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.home, DROVER_DATA: this.dataFolder, SHELL: '/bin/sh' };
  }

  async run(...words: readonly string[]): Promise<Ran> {
    return await this.start(words).ended;
  }

  /** What it answers with `--json` when it has done what was asked. */
  async ask<T>(schema: z.ZodType<T>, ...words: readonly string[]): Promise<T> {
    const ran = await this.run(...words, '--json');
    if (ran.code !== 0)
      throw new Error(`${words.join(' ')} ended with ${ran.code}: ${ran.stdout}${ran.stderr}`);
    return schema.parse(oneJsonValue(ran.stdout));
  }

  /** How it refuses, with `--json`. */
  async refusal(...words: readonly string[]): Promise<z.infer<typeof errorAnswerSchema>> {
    const ran = await this.run(...words, '--json');
    if (ran.code !== 1)
      throw new Error(`${words.join(' ')} ended with ${ran.code}: ${ran.stdout}${ran.stderr}`);
    return errorAnswerSchema.parse(oneJsonValue(ran.stdout));
  }

  async addHost(lab: Lab, name: string, ...more: readonly string[]): Promise<void> {
    await this.ask(z.object({ name: z.literal(name) }), ...addHostWords(lab, name), ...more);
  }

  /** `drover serve` on this data folder, until it is stopped. */
  async serve(): Promise<{ readonly address: string; stop(): Promise<Ran> }> {
    const server = this.start(['serve', '--json']);
    const { address } = z.object({ address: z.string() }).parse(JSON.parse(await server.firstLine()));
    return {
      address,
      async stop() {
        server.interrupt();
        return await server.ended;
      },
    };
  }

  async close(): Promise<void> {
    const left = [...this.#running];
    for (const child of left) child.kill('SIGKILL');
    await Promise.all(left.map((child) => once(child, 'close')));
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** As bundled for the tests, where it was: to look whether a source changed takes as long as the command itself. */
function programFor(words: readonly string[]): string {
  const built = process.env['DROVER_TEST_PROGRAMS'];
  // The browser mode's page is not beside it there.
  return built === undefined || words.includes('serve') ? 'scripts/drover.mjs' : join(built, 'drover.js');
}

export function addHostWords(lab: Lab, name: string): readonly string[] {
  const host = lab.host(name);
  const trusted = ['--accept-host-key', host.hostKeys[0]?.fingerprint ?? ''];
  return ['host', 'add', `ssh://root@${host.address}`, '--key', host.keyFile, ...trusted, '--cluster', 'lab'];
}

/** Standard output holds one JSON value on one line and nothing else. */
export function oneJsonValue(stdout: string): unknown {
  const [line = '', ...rest] = stdout.split('\n');
  if (rest.length !== 1 || rest[0] !== '') throw new Error(`not one line: ${stdout}`);
  return JSON.parse(line);
}
