import type { BrowserPortLike } from '@orpc/client/message-port';
import type { RawData, WebSocket } from 'ws';

/** A WebSocket as oRPC's link takes it: ws's own events differ from a browser's in their types alone. */
export function socketPort(socket: WebSocket): BrowserPortLike {
  return {
    onMessage: {
      addListener: (listener) =>
        socket.on('message', (data, isBinary) => listener(isBinary ? data : textOf(data))),
    },
    onDisconnect: { addListener: (listener) => socket.on('close', listener) },
    postMessage: (data) => socket.send(data),
  };
}

function textOf(data: RawData): string {
  return (
    Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  ).toString('utf8');
}
