import { RPCLink } from '@orpc/client/message-port';
import type { BackendState, DesktopShell } from '#shared/contract/desktopShell.ts';
import { shellChannels } from '#shared/contract/shellChannels.ts';
import type { Timers } from './timers.ts';
import { backOffMs, type Wire, type WireEvent } from './wire.ts';

declare global {
  interface Window {
    /** Only in the desktop app. */
    readonly drover?: DesktopShell;
  }
}

/**
 * The backend's MessagePort, handed over by the preload script. A new port comes by itself when the backend was
 * restarted; where one closes and none comes, it is asked for again.
 */
export function desktopWire(page: Window, shell: DesktopShell, timers: Timers): Wire {
  return {
    start(tell) {
      let current: MessagePort | undefined;
      let attempt = 0;
      let cancelAsk = (): void => {};
      let backend: BackendState = { kind: 'starting' };

      const ask = (): void => page.postMessage({ type: shellChannels.ready }, page.location.origin);

      const lost = (port: MessagePort): void => {
        if (port !== current) return;
        current = undefined;
        tell(closedBy(backend, timers.now()));
        askLater();
      };
      const askLater = (): void => {
        cancelAsk();
        cancelAsk = timers.after(backOffMs(attempt), () => {
          attempt += 1;
          ask();
          askLater();
        });
      };
      const onMessage = (event: MessageEvent<unknown>): void => {
        if (event.source !== page || !isPortMessage(event.data)) return;
        const [port] = event.ports;
        if (port === undefined) return;
        cancelAsk();
        attempt = 0;
        current?.close();
        current = port;
        port.addEventListener('close', () => lost(port));
        const link = new RPCLink({ port });
        port.start();
        tell({ kind: 'open', link });
      };
      page.addEventListener('message', onMessage);
      const endStates = shell.backend.onState((state) => {
        backend = state;
        const event = eventOf(state, timers.now());
        // A port that still works outlives the news; its own closing tells.
        if (event !== undefined && (current === undefined || event.kind === 'failed')) tell(event);
      });
      tell({ kind: 'starting', detail: 'Starting the part of Drover that talks to hosts' });
      ask();
      return () => {
        page.removeEventListener('message', onMessage);
        endStates();
        cancelAsk();
        current?.close();
      };
    },
    retryNow() {
      void shell.backend.retry();
    },
  };
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === shellChannels.port;
}

function eventOf(state: BackendState, now: number): WireEvent | undefined {
  switch (state.kind) {
    case 'starting':
      return { kind: 'starting', detail: 'Starting the part of Drover that talks to hosts' };
    case 'running':
      return undefined;
    case 'restarting':
      return { kind: 'closed', why: state.why, retryAt: now + state.inMs };
    case 'failed':
      return { kind: 'failed', error: state.error };
    case 'stopping':
      return { kind: 'closed', why: 'Drover is closing' };
    default:
      return state satisfies never;
  }
}

function closedBy(state: BackendState, now: number): WireEvent {
  const told = eventOf(state, now);
  return told?.kind === 'closed'
    ? told
    : { kind: 'closed', why: 'the part of Drover that talks to hosts stopped answering' };
}
