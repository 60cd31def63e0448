import { describe, expect, it, vi } from 'vitest';
import type { Timers } from './timers.ts';
import { type Socket, webSocketWire } from './webSocketWire.ts';
import { backOffMs, type WireEvent } from './wire.ts';

/** A WebSocket whose fate the test decides. */
class ScriptedSocket extends EventTarget implements Socket {
  readonly readyState = 0;
  readonly close = vi.fn();
  send(): void {}
}

function begin(statuses: readonly (number | undefined)[]) {
  const sockets: ScriptedSocket[] = [];
  const addresses: string[] = [];
  const waits: { readonly delayMs: number; readonly run: () => void }[] = [];
  const timers: Timers = {
    now: () => 1000,
    after(delayMs, run) {
      waits.push({ delayMs, run });
      return () => waits.splice(0);
    },
  };
  const events: WireEvent[] = [];
  let asked = 0;
  const wire = webSocketWire({
    origin: 'http://127.0.0.1:7000',
    open(address) {
      addresses.push(address);
      const socket = new ScriptedSocket();
      sockets.push(socket);
      return socket;
    },
    pageStatus: async () => statuses[asked++],
    timers,
  });
  const end = wire.start((event) => events.push(event));
  const kinds = () => events.map((event) => event.kind);
  return { wire, end, sockets, addresses, waits, events, kinds };
}

const lose = (socket: ScriptedSocket | undefined) => socket?.dispatchEvent(new Event('close'));

describe("the browser's way to the backend", () => {
  it('opens /rpc of its own origin', () => {
    const way = begin([]);
    expect(way.addresses).toEqual(['ws://127.0.0.1:7000/rpc']);
    way.sockets[0]?.dispatchEvent(new Event('open'));
    expect(way.kinds()).toEqual(['starting', 'open']);
    way.end();
    expect(way.sockets[0]?.close).toHaveBeenCalledOnce();
  });

  it('tries again, later each time, and says when', async () => {
    const way = begin([200, undefined, 200]);
    for (const attempt of [0, 1, 2]) {
      lose(way.sockets[attempt]);
      await vi.waitFor(() => expect(way.events).toHaveLength(1 + 2 * (attempt + 1)));
      expect(way.events.at(-1)).toEqual({
        kind: 'closed',
        why: attempt === 1 ? 'Drover is not running' : 'the connection to Drover was cut',
        retryAt: 1000 + backOffMs(attempt),
      });
      way.waits.at(-1)?.run();
      expect(way.sockets).toHaveLength(attempt + 2);
    }
    way.end();
  });

  it('stops trying when its sign-in is gone, and says how to get another', async () => {
    const way = begin([401]);
    lose(way.sockets[0]);
    await vi.waitFor(() => expect(way.kinds()).toEqual(['starting', 'closed', 'failed']));
    expect(way.waits).toEqual([]);
    expect(way.events.at(-1)).toMatchObject({
      error: { code: 'not-authorised', next: expect.stringContaining('drover serve') },
    });
    way.wire.retryNow();
    expect(way.sockets).toHaveLength(2);
    way.end();
  });

  it('does nothing more once it was ended', async () => {
    const way = begin([200]);
    way.end();
    lose(way.sockets[0]);
    await Promise.resolve();
    way.wire.retryNow();
    expect(way.sockets).toHaveLength(1);
    expect(way.kinds()).toEqual(['starting']);
  });
});

describe('backOffMs', () => {
  it('doubles up to ten seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(backOffMs)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });
});
