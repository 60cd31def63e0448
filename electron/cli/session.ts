import { hostname, userInfo } from 'node:os';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import type { LiveState } from '#shared/model/live.ts';
import type { Requester } from '#shared/model/task.ts';
import { startBackend } from '../backend/backend.ts';
import { findOwner } from '../backend/owner/owner.ts';
import { answering, isQuestion } from './answering.ts';
import { attach } from './attach.ts';
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

/** With one owner that neither answers nor goes; where others were quicker, each of them has as long. */
const ownerPatienceMs = 20_000;

/** Attaches to the owner of the data folder; becomes the owner itself only where there is none. */
export async function openSession(dataFolder: string): Promise<Session> {
  let inTheWay: unknown;
  let until = Date.now() + ownerPatienceMs;
  for (;;) {
    const owner = await findOwner(dataFolder);
    try {
      if (owner !== undefined) return { ...(await attach(owner.socketPath, dataFolder)), attached: true };
      const backend = await startBackend({ dataFolder, mode: 'command' });
      return { client: backend.client(thisRequester()), attached: false, close: () => backend.stop() };
    } catch (thrown) {
      // Its owner is just starting or ending: its socket answers in a moment, or the folder is free.
      const isPassing =
        thrown instanceof DroverError &&
        (thrown.code === 'data-folder-busy' || (owner !== undefined && thrown.code === 'backend-stopped'));
      if (!isPassing) throw thrown;
      const its = owner?.pid ?? thrown.details?.['pid'];
      if (its !== undefined && its !== inTheWay) until = Date.now() + ownerPatienceMs;
      inTheWay = its ?? inTheWay;
      if (Date.now() > until) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
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
