import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDistance } from './distance.ts';

describe('startDistance', () => {
  let echo: Server;
  let port = 0;
  beforeAll(async () => {
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    if (address !== null && typeof address !== 'string') port = address.port;
  });
  afterAll(() => {
    echo.close();
  });

  const open = async (through: number): Promise<Socket> => {
    const socket = connect(through, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const echoed = async (socket: Socket, text: string): Promise<string> => {
    socket.write(text);
    let got = '';
    while (got.length < text.length) got += String((await once(socket, 'data'))[0]);
    return got;
  };

  it('hands everything on, in order, and not sooner than the distance allows', async () => {
    const far = await startDistance({ host: '127.0.0.1', port }, 20);
    const socket = await open(far.port);
    const begun = performance.now();
    expect(await echoed(socket, 'to and fro')).toBe('to and fro');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(38);
    far.setDelay(0);
    const long = 'x'.repeat(300_000);
    expect(await echoed(socket, long)).toBe(long);
    socket.destroy();
    await far.stop();
  });

  it('holds everything back while frozen and lets go of it after', async () => {
    const far = await startDistance({ host: '127.0.0.1', port });
    const socket = await open(far.port);
    expect(await echoed(socket, 'warm')).toBe('warm');
    far.freeze();
    const answer = echoed(socket, 'held');
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 60, 'silence'))]);
    expect(first).toBe('silence');
    far.thaw();
    expect(await answer).toBe('held');
    socket.destroy();
    await far.stop();
  });

  it('loses connections when told to', async () => {
    const far = await startDistance({ host: '127.0.0.1', port });
    const socket = await open(far.port);
    expect(await echoed(socket, 'here')).toBe('here');
    const lost = once(socket, 'error');
    far.lose();
    expect(String((await lost)[0])).toContain('ECONNRESET');
    await far.stop();
  });
});
