import { once } from 'node:events';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { DroverError } from '#shared/contract/errors.ts';
import { maxMessageBytes, watchBacklog } from './backlog.ts';
import { isPipe } from './socketPath.ts';

export interface LocalSocket {
  readonly path: string;
  /** Takes nobody else in, and waits so long for those who are there to leave by themselves. */
  drain(deadlineMs: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * What others of this user attach to: a UNIX socket (a named pipe on Windows) that only its owner may open,
 * carrying WebSocket frames so that the contract has one framing for all stream transports.
 * Who listens has the folder's lock, so whatever is left at `path` is a dead one's.
 */
export async function listenLocally(path: string, accept: (socket: WebSocket) => void): Promise<LocalSocket> {
  const isFile = !isPipe(path);
  if (isFile) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(path, { force: true });
  }
  const http = createServer((_, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ server: http, maxPayload: maxMessageBytes });
  sockets.on('connection', (socket) => {
    watchBacklog(socket);
    accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) =>
      reject(
        new DroverError({
          code: 'data-folder-unusable',
          tried: `Open the local socket ${path}`,
          cause: error.message,
          next: 'Check the rights of its folder, or choose another data folder with --data',
          source: error,
        }),
      ),
    );
    http.listen(path, resolve);
  });
  if (isFile) await chmod(path, 0o600);
  return {
    path,
    async drain(deadlineMs) {
      http.close();
      if (isFile) await rm(path, { force: true });
      const left = [...sockets.clients].map((client) => once(client, 'close'));
      const late = new AbortController();
      const deadline = setTimeout(deadlineMs, undefined, { signal: late.signal }).catch(() => undefined);
      await Promise.race([Promise.all(left), deadline]);
      late.abort();
    },
    async close() {
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      await new Promise<void>((resolve) => http.close(() => resolve()));
      if (isFile) await rm(path, { force: true });
    },
  };
}
