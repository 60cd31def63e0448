import { RPCLink } from '@orpc/client/websocket';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { Timers } from './timers.ts';
import { backOffMs, type Wire } from './wire.ts';

/** What is used of a WebSocket. */
export type Socket = Pick<
  WebSocket,
  'addEventListener' | 'removeEventListener' | 'send' | 'readyState' | 'close'
>;

export interface WebSocketWireOptions {
  /** The page's own origin: `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly open: (address: string) => Socket;
  /** The status of a request for the page itself; 401 tells that the sign-in is gone. */
  readonly pageStatus: () => Promise<number | undefined>;
  readonly timers: Timers;
}

// WebSocket.CONNECTING and OPEN, which is not there in tests.
const connecting = 0;
const open = 1;

const cut = 'the connection to Drover was cut';

const signedOut: ErrorData = {
  code: 'not-authorised',
  message:
    'This window is no longer signed in: Drover was restarted since it was opened. Run "drover serve" for a fresh address and open that.',
  next: 'Run "drover serve" for a fresh address and open that.',
};

/** The browser's way: one WebSocket at `/rpc` of the page's own origin. */
export function webSocketWire(options: WebSocketWireOptions): Wire {
  let retry = (): void => {};
  return {
    start(tell) {
      let ended = false;
      let attempt = 0;
      let socket: Socket | undefined;
      let cancelRetry = (): void => {};

      const connect = (): void => {
        cancelRetry();
        const opening = options.open(`${options.origin.replace(/^http/, 'ws')}/rpc`);
        socket = opening;
        opening.addEventListener('open', () => {
          attempt = 0;
          tell({ kind: 'open', link: new RPCLink({ websocket: deaf(opening) }) });
        });
        opening.addEventListener('close', () => {
          if (!ended && socket === opening) void lost();
        });
      };
      const lost = async (): Promise<void> => {
        socket = undefined;
        // Said at once; what can be done about it is known when the page itself was asked for.
        tell({ kind: 'closed', why: cut });
        const status = await options.pageStatus();
        if (ended || socket !== undefined) return;
        if (status === 401) {
          tell({ kind: 'failed', error: signedOut });
          return;
        }
        const delayMs = backOffMs(attempt);
        attempt += 1;
        const why = status === undefined ? 'Drover is not running' : cut;
        tell({ kind: 'closed', why, retryAt: options.timers.now() + delayMs });
        cancelRetry = options.timers.after(delayMs, connect);
      };
      retry = () => {
        if (!ended && socket === undefined) connect();
      };
      tell({ kind: 'starting', detail: 'Connecting to Drover' });
      connect();
      return () => {
        ended = true;
        cancelRetry();
        socket?.close();
      };
    },
    retryNow: () => retry(),
  };
}

/**
 * As the link takes it: what is said to a socket that has closed meanwhile is left unsaid. The link would throw where
 * nobody listens (it tells the backend of every stream that is given up); who waits for an answer hears of the end.
 */
function deaf(socket: Socket) {
  return {
    get readyState() {
      return socket.readyState === connecting ? connecting : open;
    },
    send(data: Parameters<Socket['send']>[0]) {
      if (socket.readyState === open) socket.send(data);
    },
    addEventListener: socket.addEventListener.bind(socket),
    removeEventListener: socket.removeEventListener.bind(socket),
  };
}
