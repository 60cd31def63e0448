import { connect } from 'node:net';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { WebSocket } from 'ws';
import { DroverError } from '#shared/contract/errors.ts';
import { worldProtocol } from '#shared/contract/worldContract.ts';
import type { Clock } from '../clock/clock.ts';
import { CaughtUp } from '../drivers/simulator/caughtUp.ts';
import { asDroverError } from '../drivers/simulator/hostSession.ts';
import { Questions } from '../drivers/simulator/questions.ts';
import type { WorldClient, WorldConnection } from '../drivers/simulator/worldAccess.ts';
import { socketPort } from '../transports/socketPort.ts';

export type WorldHello = Awaited<ReturnType<WorldClient['hello']>>;

/** Real. A process that runs answers a ping in milliseconds; whoever is this late hangs, or was stopped. */
const usuallyHangsAfterMs = 5000;
const pings = 5;

export interface OpenWorld extends WorldConnection {
  readonly hello: WorldHello;
  close(): void;
}

/** Why a world could not be reached: there is no process, or there is one and it says nothing. */
export class WorldSilent extends Error {
  readonly kind: 'gone' | 'hangs';
  constructor(kind: 'gone' | 'hangs', cause: string) {
    super(cause);
    this.name = 'WorldSilent';
    this.kind = kind;
  }
}

/**
 * One connection to a world, kept under observation: a process that does not answer pings ends it.
 * @throws WorldSilent where nobody answers; DroverError `world-unusable` from a world of another version
 */
export async function connectWorld(input: {
  readonly socketPath: string;
  /** What this console calls itself. */
  readonly console: string;
  readonly wall: Clock;
  readonly hangsAfterMs?: number | undefined;
}): Promise<OpenWorld> {
  const { socketPath, wall, hangsAfterMs = usuallyHangsAfterMs } = input;
  const socket = await openSocket(socketPath, hangsAfterMs);
  const listeners = new Set<(reason: Error) => void>();
  let ended: Error | undefined;
  const end = (reason: Error) => {
    if (ended !== undefined) return;
    ended = reason;
    takePing();
    socket.terminate();
    const told = [...listeners];
    listeners.clear();
    for (const listener of told) listener(reason);
  };
  // Counted rather than timed, so that this process's own sleep is not taken for the world's.
  let unanswered = 0;
  const ping = () => {
    if (unanswered >= pings) {
      return end(new WorldSilent('hangs', `no answer within ${hangsAfterMs / 1000} s`));
    }
    unanswered += 1;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
    takePing = wall.after(hangsAfterMs / pings, ping);
  };
  let takePing = wall.after(hangsAfterMs / pings, ping);
  const fences = new Map<string, () => void>();
  socket.on('pong', (data) => {
    unanswered = 0;
    const fence = data.toString();
    fences.get(fence)?.();
    fences.delete(fence);
  });
  let lastFence = 0;
  const caughtUp = new CaughtUp(
    () =>
      new Promise((resolve) => {
        lastFence += 1;
        fences.set(`${lastFence}`, resolve);
        if (socket.readyState === WebSocket.OPEN) socket.ping(`${lastFence}`);
      }),
  );
  socket.on('error', (error) => end(new WorldSilent('gone', error.message)));
  socket.on('close', () => end(new WorldSilent('gone', 'its end of the connection was closed')));

  const client: WorldClient = createORPCClient(new RPCLink({ port: socketPort(socket) }));
  const onClose: WorldConnection['onClose'] = (listener) => {
    if (ended !== undefined) {
      listener(ended);
      return () => undefined;
    }
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const close = () => end(new WorldSilent('gone', 'the connection was closed by Drover'));
  try {
    const hello = await new Promise<WorldHello>((resolve, reject) => {
      onClose(reject);
      client.hello({ protocol: worldProtocol, console: input.console }).then(resolve, reject);
    });
    return {
      client,
      questions: new Questions(client),
      caughtUp: () => caughtUp.wait(),
      hello,
      onClose,
      close,
    };
  } catch (thrown) {
    close();
    if (thrown instanceof WorldSilent) throw thrown;
    const error = asDroverError(thrown, 'Use a simulated world');
    if (error.code !== 'connection-lost') throw error;
    throw new WorldSilent('gone', error.message);
  }
}

async function openSocket(socketPath: string, hangsAfterMs: number): Promise<WebSocket> {
  const socket = new WebSocket('ws://localhost/', {
    // The handshake's time limit is the socket's, which a connection of one's own must be given.
    createConnection: () => connect({ path: socketPath, timeout: hangsAfterMs }),
    handshakeTimeout: hangsAfterMs,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', (error) => {
      const isLate = /handshake has timed out/i.test(error.message);
      reject(new WorldSilent(isLate ? 'hangs' : 'gone', error.message));
    });
  });
  return socket;
}

/** A world's process that hangs, in words for whoever has to do something about it. */
export function worldStopped(
  cluster: string,
  kind: WorldSilent['kind'],
  { pid, detail }: { readonly pid?: number | undefined; readonly detail?: string | undefined } = {},
): DroverError {
  const process = pid === undefined ? 'its process' : `its process (${pid})`;
  const tried = `Reach the simulated world of ${cluster}`;
  const revive = `"drover cluster revive" or the cluster's page`;
  return kind === 'hangs'
    ? new DroverError({
        code: 'world-stopped',
        tried,
        cause: `${process} does not answer`,
        next: `It goes on by itself once it answers; ${revive} ends that process and starts the world again from where it was last kept`,
      })
    : new DroverError({
        code: 'world-stopped',
        tried,
        cause: `${process} has ended${detail === undefined ? '' : ` (${detail})`}`,
        next: `Start it again with ${revive}; it goes on from where it was last kept`,
      });
}
