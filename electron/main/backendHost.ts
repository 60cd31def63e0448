import { join } from 'node:path';
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import type { BackendState } from '#shared/contract/desktopShell.ts';
import { fromBackendSchema, type ToBackend, type WorldStart } from './backendMessages.ts';
import { restartDelay } from './restartDelay.ts';
import type { SecretStore } from './secretKeeping.ts';

const countDeadlineMs = 2_000;
const stopDeadlineMs = 10_000;

export interface BackendHost {
  readonly state: () => BackendState;
  /** Told after every change. Returns what ends it. */
  readonly onState: (listener: (state: BackendState) => void) => () => void;
  /** One end of a fresh channel whose other end the running backend has; undefined while none runs. */
  readonly connect: () => MessagePortMain | undefined;
  readonly retry: () => void;
  /** Undefined when it does not answer in time; 0 when none runs. */
  readonly countRunningTasks: () => Promise<number | undefined>;
  /** Ends it for good, gently and then not. */
  readonly stop: () => Promise<void>;
}

export interface BackendHostOptions {
  readonly dataFolder: string;
  /** out/node/backend.js */
  readonly program: string;
  readonly secrets: SecretStore;
  /** How the backend starts a simulated world. */
  readonly worldProgram: WorldStart;
}

/** Keeps one backend process alive beside the windows: starts it, starts it again if it ends unasked, stops it. */
export function startBackendHost(options: BackendHostOptions): BackendHost {
  let state: BackendState = { kind: 'starting' };
  let child: UtilityProcess | undefined;
  let ends = 0;
  let restartTimer: NodeJS.Timeout | undefined;
  let nextQuestion = 1;
  let stopping: Promise<void> | undefined;
  const listeners = new Set<(state: BackendState) => void>();
  const counts = new Map<number, (count: number) => void>();

  function change(next: BackendState): void {
    state = next;
    for (const listener of listeners) listener(next);
  }

  function start(): void {
    clearTimeout(restartTimer);
    const startedAt = performance.now();
    const fresh = utilityProcess.fork(options.program, ['--data', options.dataFolder], {
      serviceName: 'Drover backend',
      stdio: 'inherit',
    });
    child = fresh;
    change({ kind: 'starting' });
    tell(fresh, { type: 'begin', secrets: options.secrets.all(), worldProgram: options.worldProgram });
    fresh.on('message', (message: unknown) => hear(fresh, message));
    fresh.once('exit', (code) => {
      if (child !== fresh) return;
      child = undefined;
      counts.clear();
      if (stopping !== undefined || state.kind === 'failed') return;
      const next = restartDelay(ends, performance.now() - startedAt);
      ends = next.ends;
      change({ kind: 'restarting', inMs: next.delayMs, why: `The backend process ended with code ${code}.` });
      restartTimer = setTimeout(start, next.delayMs);
    });
  }

  function hear(from: UtilityProcess, message: unknown): void {
    const heard = fromBackendSchema.safeParse(message);
    if (!heard.success || from !== child) return;
    switch (heard.data.type) {
      case 'running':
        if (stopping === undefined) change({ kind: 'running' });
        return;
      case 'failed':
        change({ kind: 'failed', error: heard.data.error });
        return;
      case 'task-count':
        counts.get(heard.data.id)?.(heard.data.count);
        counts.delete(heard.data.id);
        return;
      case 'remember':
        options.secrets.remember(heard.data.name, heard.data.secret);
        return;
      case 'forget':
        options.secrets.forget(heard.data.name);
        return;
      default:
        heard.data satisfies never;
    }
  }

  async function stop(): Promise<void> {
    clearTimeout(restartTimer);
    const last = child;
    change({ kind: 'stopping' });
    if (last === undefined) return;
    const ended = new Promise<void>((resolve) => void last.once('exit', () => resolve()));
    tell(last, { type: 'stop' });
    const deadline = setTimeout(() => last.kill(), stopDeadlineMs);
    await Promise.race([ended, after(stopDeadlineMs + 2_000)]);
    clearTimeout(deadline);
  }

  start();
  return {
    state: () => state,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connect() {
      if (child === undefined || state.kind !== 'running') return undefined;
      const { port1, port2 } = new MessageChannelMain();
      child.postMessage({ type: 'connect' } satisfies ToBackend, [port1]);
      return port2;
    },
    retry() {
      const waits = state.kind === 'failed' || state.kind === 'restarting';
      if (!waits || stopping !== undefined) return;
      // A backend that said it cannot start may not have ended yet; it is no longer ours.
      child?.kill();
      child = undefined;
      start();
    },
    async countRunningTasks() {
      if (child === undefined || state.kind !== 'running') return 0;
      const id = nextQuestion++;
      const answer = new Promise<number>((resolve) => void counts.set(id, resolve));
      tell(child, { type: 'count-tasks', id });
      const count = await Promise.race([answer, after(countDeadlineMs)]);
      counts.delete(id);
      return count;
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

export const backendProgram = (mainFolder: string) => join(mainFolder, '..', 'node', 'backend.js');

function tell(child: UtilityProcess, message: ToBackend): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process, not a window
  child.postMessage(message);
}

/** Resolves with undefined after `delayMs`; its timer keeps no process alive. */
async function after(delayMs: number): Promise<undefined> {
  await new Promise<void>((resolve) => void setTimeout(resolve, delayMs).unref());
  return undefined;
}
