import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import { clientOver, type DroverClient } from '#shared/contract/client.ts';
import type { Backend } from '../../electron/backend/backend.ts';
import { socketPathOf } from '../../electron/backend/owner/owner.ts';
import { attach } from '../../electron/cli/attach.ts';
import { startBrowserServer } from '../../electron/server/server.ts';

export interface Connected {
  readonly client: DroverClient;
  /** Breaks the transport under the client, as a killed process or a pulled cable would. */
  cut(): Promise<void> | void;
}

export type Transport = (backend: Backend, dataFolder: string) => Promise<Connected>;

const requester = { who: 'tester@here', via: 'browser' as const };

/** Every way in which a client reaches the backend. */
export const transports: Readonly<Record<string, Transport>> = {
  'in-process': async (backend) => ({ client: backend.client(requester), cut: () => undefined }),

  'message port': async (backend) => {
    const { port1, port2 } = new MessageChannel();
    backend.acceptPort(port1, requester);
    port1.start();
    port2.start();
    return { client: clientOver(new PortLink({ port: port2 })), cut: () => port2.close() };
  },

  WebSocket: async (backend) => {
    const server = await startBrowserServer({
      port: 0,
      pageFolder: import.meta.dirname,
      accept: (socket) => backend.acceptSocket(socket, requester),
      now: Date.now,
    });
    const signIn = await fetch(server.newAddress(), { redirect: 'manual' });
    const [cookie] = (signIn.headers.get('set-cookie') ?? '').split(';');
    const origin = `http://127.0.0.1:${server.port}`;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, { headers: { cookie, origin } });
    await opened(socket);
    return { client: overSocket(socket), cut: () => server.close() };
  },

  'local socket': async (_backend, dataFolder) => {
    const { client, close } = await attach(socketPathOf(dataFolder), dataFolder);
    return { client, cut: close };
  },
};

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
}

function overSocket(socket: WebSocket): DroverClient {
  return clientOver(
    new SocketLink({
      websocket: {
        get readyState() {
          return socket.readyState;
        },
        send: (data) => socket.send(data as Buffer),
        addEventListener: (type: string, listener: unknown) =>
          Reflect.apply(socket.addEventListener, socket, [type, listener]),
        removeEventListener: (type: string, listener: unknown) =>
          Reflect.apply(socket.removeEventListener, socket, [type, listener]),
      },
    }),
  );
}
