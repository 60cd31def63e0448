import { chmod, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

const maxMessageBytes = 1024 * 1024;
const maxBacklogBytes = 32 * 1024 * 1024;
const lookEveryMs = 1000;

export interface Listener {
  close(): Promise<void>;
}

/** WebSocket frames over a UNIX socket (a named pipe on Windows) that only this user may open. */
export async function listen(path: string, accept: (socket: WebSocket) => void): Promise<Listener> {
  const isPipe = path.startsWith('\\\\');
  // Whoever left it is dead: the folder's lock is ours.
  if (!isPipe) await rm(path, { force: true });
  const http = createServer((_, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ server: http, maxPayload: maxMessageBytes });
  sockets.on('connection', (socket) => {
    cutOffIfDeaf(socket);
    accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(path, resolve);
  });
  if (!isPipe) await chmod(path, 0o600);
  return {
    async close() {
      for (const client of sockets.clients) client.terminate();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      await new Promise<void>((resolve) => http.close(() => resolve()));
      if (!isPipe) await rm(path, { force: true });
    },
  };
}

/** A console that does not read what it is told must not fill the world's memory. */
function cutOffIfDeaf(socket: WebSocket): void {
  const timer = setInterval(() => {
    if (socket.bufferedAmount > maxBacklogBytes) socket.terminate();
  }, lookEveryMs);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
  socket.on('error', () => socket.terminate());
}
