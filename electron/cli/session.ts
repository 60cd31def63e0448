import { hostname, userInfo } from 'node:os';
import { RPCLink } from '@orpc/client/message-port';
import { WebSocket } from 'ws';
import { clientOver, type DroverClient, toDroverError } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import type { LiveState } from '#shared/model/live.ts';
import type { Requester } from '#shared/model/task.ts';
import { startBackend } from '../backend/backend.ts';
import { findOwner } from '../backend/owner/owner.ts';
import { socketPort } from '../backend/transports/socketPort.ts';
import { answering, isQuestion } from './answering.ts';
import type { Terminal } from './terminal.ts';

export interface Session {
  readonly client: DroverClient;
  /** True where a desktop app or a server goes on after this command has ended. */
  readonly attached: boolean;
  close(): Promise<void>;
}

const settleMs = 20_000;

export function thisRequester(): Requester {
  return { who: `${userInfo().username}@${hostname()}`, via: 'command' };
}

const ownerPatienceMs = 10_000;

/** Attaches to the owner of the data folder; becomes the owner itself only where there is none. */
export async function openSession(dataFolder: string): Promise<Session> {
  const until = Date.now() + ownerPatienceMs;
  for (;;) {
    const owner = await findOwner(dataFolder);
    if (owner !== undefined) return await attach(owner.socketPath, dataFolder);
    try {
      const backend = await startBackend({ dataFolder, mode: 'command' });
      return { client: backend.client(thisRequester()), attached: false, close: () => backend.stop() };
    } catch (thrown) {
      // Its owner is just starting or ending: its socket answers in a moment, or the folder is free.
      const isBusy = thrown instanceof DroverError && thrown.code === 'data-folder-busy';
      if (!isBusy || Date.now() > until) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function attach(socketPath: string, dataFolder: string): Promise<Session> {
  const socket = new WebSocket(`ws+unix://${socketPath}:/`);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) =>
      reject(
        new DroverError({
          code: 'backend-stopped',
          tried: `Attach to the Drover that owns ${dataFolder}`,
          cause: `its socket ${socketPath} does not answer (${error.message})`,
          next: 'If that Drover hangs, end it and try again',
          source: error,
        }),
      ),
    );
  });
  const link = new RPCLink({ port: socketPort(socket) });
  return {
    client: clientOver(link),
    attached: true,
    async close() {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.close();
      await closed;
    },
  };
}

/**
 * The live state once every host has either answered or said why not; a fresh backend needs a moment for that. What a
 * host wants to know is asked on the terminal, where there is one.
 */
export async function settledState(client: DroverClient, terminal?: Terminal): Promise<LiveState> {
  const state = await settle(client);
  if (terminal === undefined) return state;
  const asking = state.hosts.flatMap(({ id, address, connection }) =>
    connection.state === 'needs-attention' && isQuestion(connection.error)
      ? [{ id, address, refusal: DroverError.fromData(connection.error) }]
      : [],
  );
  for (const { id, ...question } of asking) {
    try {
      await answering({ ...question, terminal }, (credentials) =>
        client.hosts.reconnect({ hostId: id, credentials }),
      );
    } catch (thrown) {
      terminal.say(toDroverError(thrown).message);
    }
  }
  return asking.length === 0 ? state : await settle(client);
}

async function settle(client: DroverClient): Promise<LiveState> {
  const deadline = Date.now() + settleMs;
  for (;;) {
    const state = await client.live.snapshot();
    const waiting = state.hosts.some(({ connection, lastSeenAt = 0 }) =>
      // Connected, but its VMs have not been asked for yet.
      connection.state === 'connected' ? lastSeenAt < connection.since : connection.state === 'connecting',
    );
    if (!waiting || Date.now() > deadline) return state;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
