import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { watchCounter } from './counter.ts';
import { until } from './pause.ts';

describe('a watched counter', () => {
  it('says that it is no longer connected once the guest resets the connection, and nothing breaks', async () => {
    const server = createServer((socket) => {
      socket.write('7 70 0badcafe\n8 80 0badcafe\n');
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no TCP address');
      const seen = await watchCounter({
        name: 'vm-1',
        address: '127.0.0.1',
        counterPort: address.port,
        echoPort: 1,
      });
      await until('the reset being noticed', 5000, async () =>
        seen.observation().connected ? undefined : true,
      );
      expect(seen.stop()).toMatchObject({ first: 7, last: 8, lines: 2, connected: false, unbroken: true });
    } finally {
      server.close();
    }
  });
});
