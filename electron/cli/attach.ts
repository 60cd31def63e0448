import { connect } from 'node:net';
import { RPCLink } from '@orpc/client/message-port';
import { WebSocket } from 'ws';
import { clientOver, type DroverClient } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import { socketPort } from '../backend/transports/socketPort.ts';

/** The contract over the local socket of whoever owns a data folder. */
export interface Attached {
  readonly client: DroverClient;
  close(): Promise<void>;
}

/** Throws `backend-stopped` where the socket does not answer. */
export async function attach(socketPath: string, dataFolder: string): Promise<Attached> {
  // The path never becomes part of an address, in which spaces, colons and the like would mean something else.
  const socket = new WebSocket('ws://localhost/', { createConnection: () => connect(socketPath) });
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
  return {
    client: clientOver(new RPCLink({ port: socketPort(socket) })),
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.close();
      await closed;
    },
  };
}
