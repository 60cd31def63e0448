import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import { clientOver, type DroverClient } from '#shared/contract/client.ts';
import type { Backend } from '../../electron/backend/backend.ts';
import { ownerSocketOf } from '../../electron/backend/owner/owner.ts';
import { attach } from '../../electron/cli/attach.ts';
import { startBrowserServer } from '../../electron/server/server.ts';
import { systemTimers } from '../../renderer/transport/timers.ts';
import { webSocketWire } from '../../renderer/transport/webSocketWire.ts';
import type { BackendLink, Wire } from '../../renderer/transport/wire.ts';

export interface Connected {
  readonly client: DroverClient;
  /** The same, as the page takes it. */
  readonly wire: Wire;
  /** Breaks the transport under the client, as a killed process or a pulled cable would. */
  cut(): Promise<void> | void;
}

export type Transport = (backend: Backend, dataFolder: string) => Promise<Connected>;

const requester = { who: 'tester@here', via: 'browser' as const };

/** Every way in which a client reaches the backend. */
export const transports: Readonly<Record<string, Transport>> = {
  'in-process': async (backend) => connectedBy(backend.client(requester), () => undefined),

  'message port': async (backend) => {
    const { port1, port2 } = new MessageChannel();
    backend.acceptPort(port1, requester);
    port1.start();
    port2.start();
    return connectedBy(clientOver(new PortLink({ port: port2 })), () => port2.close());
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
    const open = (address: string) => new WebSocket(address, { headers: { cookie, origin } });
    const socket = open(`ws://127.0.0.1:${server.port}/rpc`);
    await opened(socket);
    // What the page does in a browser, but for the cookie, which a browser sends by itself.
    const wire = webSocketWire({
      origin,
      open: (address) => asInBrowsers(open(address)),
      pageStatus: async () => 200,
      timers: systemTimers,
    });
    return { client: overSocket(socket), wire, cut: () => server.close() };
  },

  'local socket': async (_backend, dataFolder) => {
    const { client, close } = await attach(ownerSocketOf(dataFolder), dataFolder);
    return connectedBy(client, close);
  },
};

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
}

function overSocket(socket: WebSocket): DroverClient {
  return clientOver(new SocketLink({ websocket: asInBrowsers(socket) }));
}

/** ws's sockets differ from a browser's in their types alone. */
function asInBrowsers(socket: WebSocket) {
  return {
    get readyState() {
      return socket.readyState;
    },
    send: (data: unknown) => socket.send(data as Buffer),
    close: () => socket.close(),
    addEventListener: (type: string, listener: unknown) =>
      Reflect.apply(socket.addEventListener, socket, [type, listener]),
    removeEventListener: (type: string, listener: unknown) =>
      Reflect.apply(socket.removeEventListener, socket, [type, listener]),
  };
}

function connectedBy(client: DroverClient, cut: Connected['cut']): Connected {
  const link: BackendLink = {
    async call(path, input, options) {
      const procedure: unknown = path.reduce(
        (part: unknown, name) => Reflect.get(Object(part), name),
        client,
      );
      if (typeof procedure !== 'function') throw new Error(`the contract has no ${path.join('.')}`);
      return await Reflect.apply(procedure, undefined, [input, options]);
    },
  };
  return {
    client,
    cut,
    wire: {
      start(tell) {
        tell({ kind: 'open', link });
        return () => undefined;
      },
      retryNow: () => undefined,
    },
  };
}
