import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import { type WorldContract, worldProtocol } from '#shared/contract/worldContract.ts';

export type WorldClient = ContractRouterClient<WorldContract>;

export interface WorldConsole {
  readonly client: WorldClient;
  close(): void;
}

const patienceMs = 20_000;
const built = process.env['DROVER_TEST_PROGRAMS'];
const program =
  built === undefined
    ? ['--import', 'tsx', new URL('../world.ts', import.meta.url).pathname]
    : [join(built, 'world.js')];

export interface StartedWorld {
  readonly process: ChildProcess;
  readonly said: () => string;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** The real program, as the app starts it. */
export function spawnWorld(...words: readonly string[]): StartedWorld {
  const child = spawn(process.execPath, [...program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  return {
    process: child,
    said: () => said,
    ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
  };
}

/** Connects once a world of this process answers in the folder. */
export async function connectWorld(folder: string, pid: number | undefined): Promise<WorldConsole> {
  const path = join(folder, 'world.json');
  const until = Date.now() + patienceMs;
  for (;;) {
    if (existsSync(path)) {
      const info: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (isInfo(info) && info.pid === pid) return await connect(info.socketPath);
    }
    if (Date.now() > until) throw new Error(`no world answers in ${folder}`);
    await pause(50);
  }
}

function isInfo(value: unknown): value is { readonly pid: number; readonly socketPath: string } {
  return typeof value === 'object' && value !== null && 'pid' in value && 'socketPath' in value;
}

async function connect(socketPath: string): Promise<WorldConsole> {
  const socket = new WebSocket(`ws+unix://${socketPath}:/`);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const client: WorldClient = createORPCClient(new RPCLink({ websocket: asBrowsers(socket) }));
  return { client, close: () => socket.terminate() };
}

/** ws's own socket does all that a browser's does; their types differ. */
function asBrowsers(socket: WebSocket): globalThis.WebSocket {
  return socket as unknown as globalThis.WebSocket;
}

export async function greet({ client }: WorldConsole) {
  return await client.hello({ protocol: worldProtocol, console: 'test' });
}
