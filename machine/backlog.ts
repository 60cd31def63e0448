import type { WebSocket } from 'ws';

/** A question is small; nothing a client may send needs more. */
export const maxMessageBytes = 1024 * 1024;

const maxBacklogBytes = 32 * 1024 * 1024;
const lookEveryMs = 1000;

/**
 * A client that reads slower than it is told things is cut off; it reconnects and starts from a snapshot. Without
 * this a stopped client would fill the memory of whoever it listens to.
 */
export function watchBacklog(socket: WebSocket): void {
  const timer = setInterval(() => {
    if (socket.bufferedAmount > maxBacklogBytes) socket.terminate();
  }, lookEveryMs);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
  socket.on('error', () => socket.terminate());
}
