import { describe, expect, it } from 'vitest';
import { TestWorld } from '../testing/testWorld.ts';

const ping = () => 'pong';

describe('a session with a simulated host', () => {
  it('is answered, tells what happens, and ends when it is closed', async () => {
    const test = new TestWorld();
    const session = await test.open('server-a');
    const heard = test.listen(session);
    expect(await test.ask(session, ping)).toBe('pong');
    test.strike({ kind: 'crash-vm', host: 'server-a', uuid: test.uuid('web-01') });
    await test.pass(0);
    expect(heard).toEqual([{ kind: 'changed', uuid: test.uuid('web-01'), name: 'web-01' }]);
    test.sessions.close(session);
    await test.pass(0);
    expect(test.sessions.size).toBe(0);
    await expect(test.ask(session, ping)).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('is refused by a host that is not there, that is off and whose libvirt is being restarted', async () => {
    const test = new TestWorld();
    await expect(test.open('server-x')).rejects.toMatchObject({ code: 'not-found' });
    test.strike({ kind: 'restart-libvirt', host: 'server-a' });
    await expect(test.open('server-a')).rejects.toMatchObject({ code: 'libvirt-stopped' });
    await test.pass(2000);
    await test.open('server-a');
    test.strike({ kind: 'power-off', host: 'server-b' });
    const began = test.world.now;
    await expect(test.open('server-b')).rejects.toMatchObject({ code: 'host-unreachable' });
    expect(test.world.now - began).toBe(10_000);
  });

  it('waits through a short cut, and what it asked is answered', async () => {
    const test = new TestWorld();
    const session = await test.open('server-a');
    test.strike({ kind: 'cut-link', host: 'server-a' });
    const asked = test.watch(test.sessions.ask(session, ping));
    await test.pass(5000);
    expect(asked.state).toBe('waiting');
    test.strike({ kind: 'mend-link', host: 'server-a' });
    expect(await test.come(asked)).toBe('pong');
  });

  it('is given up by both ends after the keepalive time, and what it asked may have been done or not', async () => {
    const test = new TestWorld();
    const session = await test.open('server-a');
    test.strike({ kind: 'cut-link', host: 'server-a' });
    const asked = test.watch(test.sessions.ask(session, ping));
    const events = test.watch(
      (async () => {
        for await (const _event of test.sessions.events(session)) continue;
      })(),
    );
    const began = test.world.now;
    await expect(test.come(asked)).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringMatching(/Whether the host carried it out is not known.*25 s/),
    });
    expect(test.world.now - began).toBe(25_000);
    await expect(test.come(events)).rejects.toMatchObject({ code: 'connection-lost' });
    expect(test.sessions.size).toBe(0);
  });

  it('falls silent with a host whose power is cut, and ends at the console by keepalive', async () => {
    const test = new TestWorld();
    const session = await test.open('server-b');
    const heard = test.listen(session);
    test.strike({ kind: 'power-off', host: 'server-b' });
    test.strike({ kind: 'power-on', host: 'server-b' });
    await test.pass(24_000);
    expect(test.sessions.size).toBe(1);
    await test.pass(2000);
    expect(test.sessions.size).toBe(0);
    await test.pass(10_000);
    expect(heard).toEqual([]);
    expect(test.host('server-b').power).toBe('on');
    await test.open('server-b');
    // What starts with its host does, the others do not.
    expect(test.stateOf('server-b', 'web-02')).toBe('active (booted)');
    expect(test.stateOf('server-b', 'desktop-01')).toBe('inactive (unspecified)');
  });

  it('breaks at once when connections are dropped', async () => {
    const test = new TestWorld();
    const session = await test.open('server-a');
    test.strike({ kind: 'drop-connections', host: 'server-a' });
    await expect(test.ask(session, ping)).rejects.toMatchObject({ code: 'connection-lost' });
    await test.open('server-a');
  });

  it('takes its time where the workstation is far away', async () => {
    const test = new TestWorld();
    test.strike({ kind: 'distance', host: 'server-a', oneWayMs: 50 });
    const began = test.world.now;
    const session = await test.open('server-a');
    await test.ask(session, ping);
    expect(test.world.now - began).toBe(200);
  });

  it('ends with its console', async () => {
    const test = new TestWorld();
    await test.open('server-a', 'console-7');
    await test.open('server-b', 'console-7');
    await test.open('server-b', 'console-8');
    test.sessions.consoleGone('console-7');
    expect(test.sessions.size).toBe(1);
  });
});
