// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BackendState, DesktopShell } from '#shared/contract/desktopShell.ts';
import { shellChannels } from '#shared/contract/shellChannels.ts';
import { desktopWire } from './desktopWire.ts';
import type { WireEvent } from './wire.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function begin() {
  let tellState: ((state: BackendState) => void) | undefined;
  const endStates = vi.fn();
  const retry = vi.fn(async () => {});
  const shell: DesktopShell = {
    platform: 'linux',
    versions: { drover: '0', electron: '0', chromium: '0', node: '0' },
    preferences: {
      initial: { theme: 'system', railCollapsed: false, singleKeys: true, tables: {} },
      get: async () => ({ theme: 'system', railCollapsed: false, singleKeys: true, tables: {} }),
      set: async () => ({ theme: 'system', railCollapsed: false, singleKeys: true, tables: {} }),
      onChange: () => () => {},
    },
    backend: {
      onState(listener) {
        tellState = listener;
        return endStates;
      },
      retry,
    },
    onMainAction: () => () => {},
    openConsole: async () => undefined,
    openExternal: async () => true,
  };
  const waits: { readonly delayMs: number; readonly run: () => void }[] = [];
  const timers = {
    now: () => 5000,
    after(delayMs: number, run: () => void) {
      const wait = { delayMs, run };
      waits.push(wait);
      return () => void waits.splice(waits.indexOf(wait), 1);
    },
  };
  const asked: unknown[] = [];
  const asking = vi
    .spyOn(window, 'postMessage')
    .mockImplementation((message: unknown) => void asked.push(message));
  const events: WireEvent[] = [];
  const wire = desktopWire(window, shell, timers);
  const end = wire.start((event) => events.push(event));
  ends.push(() => {
    end();
    asking.mockRestore();
  });
  const handOver = (data: unknown = { type: shellChannels.port }, source: Window | null = window) => {
    const channel = new MessageChannel();
    ends.push(() => channel.port1.close());
    const event = new MessageEvent('message', { data });
    Object.defineProperties(event, { ports: { value: [channel.port2] }, source: { value: source } });
    window.dispatchEvent(event);
    return channel;
  };
  return {
    wire,
    end,
    events,
    asked,
    waits,
    handOver,
    retry,
    endStates,
    tell: (state: BackendState) => tellState?.(state),
    kinds: () => events.map((event) => event.kind),
  };
}

describe("the desktop's way to the backend", () => {
  it('asks for a port and takes the one it is handed', () => {
    const way = begin();
    expect(way.asked).toEqual([{ type: shellChannels.ready }]);
    way.handOver();
    expect(way.kinds()).toEqual(['starting', 'open']);
  });

  it('takes no port from another window, nor with another message', () => {
    const way = begin();
    way.handOver({ type: shellChannels.port }, null);
    way.handOver({ type: 'something-else' });
    way.handOver('drover:port');
    expect(way.kinds()).toEqual(['starting']);
  });

  it('takes the new port of a restarted backend without a word about the old one', async () => {
    const way = begin();
    const first = way.handOver();
    way.handOver();
    first.port1.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(way.kinds()).toEqual(['starting', 'open', 'open']);
  });

  it('says why the backend is gone and asks again, later each time', async () => {
    const way = begin();
    const { port1 } = way.handOver();
    way.tell({ kind: 'restarting', inMs: 2000, why: 'it ended with code 9' });
    expect(way.kinds()).toEqual(['starting', 'open']);
    port1.close();
    await vi.waitFor(() =>
      expect(way.events.at(-1)).toEqual({ kind: 'closed', why: 'it ended with code 9', retryAt: 7000 }),
    );
    expect(way.waits.map((wait) => wait.delayMs)).toEqual([500]);
    way.waits.shift()?.run();
    expect(way.asked).toHaveLength(2);
    expect(way.waits.map((wait) => wait.delayMs)).toEqual([1000]);
    way.handOver();
    expect(way.waits).toEqual([]);
  });

  it('passes on that the backend cannot start, and starts it on request', () => {
    const way = begin();
    const error = { code: 'data-folder-busy', message: 'Another Drover uses this folder.' } as const;
    way.tell({ kind: 'failed', error });
    expect(way.events.at(-1)).toEqual({ kind: 'failed', error });
    way.wire.retryNow();
    expect(way.retry).toHaveBeenCalledOnce();
  });

  it('leaves nothing behind', () => {
    const way = begin();
    way.end();
    way.handOver();
    expect(way.kinds()).toEqual(['starting']);
    expect(way.endStates).toHaveBeenCalledOnce();
  });
});
