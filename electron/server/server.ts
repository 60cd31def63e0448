import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { DroverError } from '#shared/contract/errors.ts';
import { maxMessageBytes, watchBacklog } from '../../machine/backlog.ts';
import { pageAnswer } from '../backend/transports/pageFiles.ts';
import { cookieName, hostAllowed, originAllowed, sessionCookie } from './requestChecks.ts';
import { SignIn } from './signIn.ts';

export interface BrowserServer {
  readonly port: number;
  /** A fresh address that opens the console once: `http://127.0.0.1:PORT/sign-in?token=...`. */
  newAddress(): string;
  close(): Promise<void>;
}

export interface BrowserServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The built page. */
  readonly pageFolder: string;
  readonly accept: (socket: WebSocket) => void;
  readonly now: () => number;
}

const maxClients = 32;

/** The console in a browser: loopback only, one-time address, cookie, Host and Origin checked, no CORS. */
export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const signIn = new SignIn(options.now);
  const http = createServer();
  await listen(http, options.port);
  const port = portOf(http.address());
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });

  http.on('request', (request, response) => {
    void answer(request, response, { port, signIn, pageFolder: options.pageFolder }).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuseUpgrade(request, port, signIn, sockets.clients.size);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      watchBacklog(client);
      options.accept(client);
    });
  });

  return {
    port,
    newAddress: () => `http://127.0.0.1:${port}/sign-in?token=${signIn.newToken()}`,
    async close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

function refuseUpgrade(
  request: IncomingMessage,
  port: number,
  signIn: SignIn,
  clients: number,
): string | undefined {
  if (request.url !== '/rpc') return '404 Not Found';
  if (!hostAllowed(request, port) || !originAllowed(request)) return '403 Forbidden';
  if (!signIn.isSession(sessionCookie(request, port))) return '401 Unauthorized';
  return clients >= maxClients ? '503 Service Unavailable' : undefined;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  server: { readonly port: number; readonly signIn: SignIn; readonly pageFolder: string },
): Promise<void> {
  if (!hostAllowed(request, server.port)) {
    return tell(response, 403, 'Drover answers only under the address it printed.');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return tell(response, 405, 'Drover serves pages here; it takes orders over its own connection.');
  }
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  if (url.pathname === '/sign-in') {
    const session = server.signIn.exchange(url.searchParams.get('token') ?? '');
    if (session === undefined) {
      return tell(
        response,
        401,
        'This address has been used or is too old. Run "drover serve" again for a fresh one; it attaches to this server.',
      );
    }
    response.writeHead(303, {
      Location: '/',
      'Set-Cookie': `${cookieName(server.port)}=${session}; HttpOnly; SameSite=Strict; Path=/`,
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    });
    response.end();
    return;
  }
  if (!server.signIn.isSession(sessionCookie(request, server.port))) {
    return tell(response, 401, 'Open the one-time address that Drover printed when it started.');
  }
  const file = await pageAnswer(server.pageFolder, url.pathname);
  response.writeHead(file.status, { ...file.headers });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function tell(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  });
  response.end(`${text}\n`);
}

async function listen(http: ReturnType<typeof createServer>, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new DroverError({
          code: 'already-exists',
          tried: `Serve the console on 127.0.0.1:${port}`,
          cause: error.code === 'EADDRINUSE' ? 'another program listens on that port' : error.message,
          next: 'Choose another with --port, or leave it out to take any free one',
          source: error,
        }),
      ),
    );
    http.listen(port, '127.0.0.1', resolve);
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
