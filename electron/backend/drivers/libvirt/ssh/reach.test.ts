import { rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DroverError } from '#shared/contract/errors.ts';
import { failureOf } from '../../testing/failureOf.ts';
import { connectSsh } from './connect.ts';
import type { SshSurroundings } from './surroundings.ts';
import {
  freePort,
  generateKey,
  hasSshd,
  type PrivateSshd,
  privateHome,
  startPrivateSshd,
} from './testing/privateSshd.ts';
import { serve, startDeafPort } from './testing/servers.ts';

let home: SshSurroundings;
beforeAll(async () => {
  home = await privateHome();
});
afterAll(() => rmSync(home.homeFolder, { recursive: true, force: true }));

const limits = { connectDeadlineMs: 300, handshakeDeadlineMs: 300 };
function failure(host: string, port?: number): Promise<DroverError> {
  return failureOf(connectSsh({ host, ...(port === undefined ? {} : { port }) }, home, limits));
}
async function answering(answer: (socket: Socket) => void): Promise<DroverError> {
  const server = await serve(0, (socket) => {
    socket.resume();
    socket.on('end', () => socket.end());
    answer(socket);
  });
  const error = await failure('127.0.0.1', server.port);
  await expect.poll(() => server.connections.size).toBe(0);
  await server.stop();
  return error;
}

describe('what is said of an address that does not lead to sshd', () => {
  it('a closed port', async () => {
    const port = await freePort();
    expect(await failure('127.0.0.1', port)).toMatchObject({
      code: 'connection-refused',
      message: expect.stringContaining(`nothing listens on 127.0.0.1:${port}`),
    });
  });

  it('a name without an address', async () => {
    // Too long for a DNS label, so that nothing is asked of any server.
    expect(await failure(`${'x'.repeat(70)}.example`)).toMatchObject({ code: 'name-not-resolved' });
  });

  it('no way there', async () => {
    expect(await failure('255.255.255.255', 22)).toMatchObject({ code: 'host-unreachable' });
  });

  it('no answer at all', async () => {
    const deaf = await startDeafPort();
    const error = await failure('127.0.0.1', deaf.port);
    await deaf.stop();
    expect(error).toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('did not answer within 0.3 s'),
    });
  });

  it('another kind of server', async () => {
    const web = await answering((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n'));
    });
    expect(web).toMatchObject({
      code: 'not-ssh',
      message: expect.stringContaining('"HTTP/1.1 400 Bad Request"'),
    });
    const garbage = await answering((socket) => socket.write(Buffer.alloc(100_000, 0xff)));
    expect(garbage).toMatchObject({ code: 'not-ssh' });
  });

  it('a server that says nothing, closes at once, or resets', async () => {
    expect(await answering(() => {})).toMatchObject({
      code: 'not-ssh',
      message: expect.stringContaining('within 0.3 s'),
    });
    expect(await answering((socket) => socket.end())).toMatchObject({ code: 'connection-lost' });
    expect(await answering((socket) => socket.resetAndDestroy())).toMatchObject({ code: 'connection-lost' });
  });

  it('a server that speaks SSH and then breaks off, or speaks nonsense', async () => {
    const off = await answering((socket) => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'));
    expect(off).toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('before the login was done'),
    });
    const nonsense = await answering((socket) => socket.write(`SSH-2.0-x\r\n${'garbage '.repeat(2000)}`));
    expect(['connection-lost', 'not-ssh']).toContain(nonsense.code);
    const stuck = await answering((socket) => socket.write('SSH-2.0-x\r\n'));
    expect(stuck).toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('did not finish the login'),
    });
  });
});

describe.skipIf(!hasSshd)('through real jump hosts', () => {
  let gate: PrivateSshd;
  let inner: PrivateSshd;
  beforeAll(async () => {
    const key = path.join(home.homeFolder, '.ssh', 'id_ed25519');
    await generateKey(key);
    gate = await startPrivateSshd();
    inner = await startPrivateSshd();
    for (const each of [gate, inner]) {
      await each.authorize(`${key}.pub`);
      await each.makeKnown(home);
    }
  });
  afterAll(async () => {
    await gate.stop();
    await inner.stop();
  });
  const jumps = (text: string): void => writeFileSync(path.join(home.homeFolder, '.ssh', 'config'), text);
  // Its logins are real ones and take as long as the machine needs.
  const refusal = (): Promise<DroverError> => failureOf(connectSsh({ host: 'inner' }, home));
  const toInner = (jump: string, innerPort = inner.port): void =>
    jumps(`
      Host inner
        HostName 127.0.0.1
        Port ${innerPort}
        ProxyJump ${jump}
      Host gate
        HostName 127.0.0.1
        Port ${gate.port}
    `);

  it('logs in through one and through two, and is told when a hop is cut', async () => {
    for (const [jump, hops] of [
      ['gate', 1],
      [`gate,127.0.0.1:${gate.port}`, 2],
    ] as const) {
      toInner(jump);
      const before = gate.log().match(/Accepted publickey/g)?.length ?? 0;
      const connection = await connectSsh({ host: 'inner' }, home);
      expect((await connection.exec('echo $SSH_CONNECTION')).stdout).toContain(` ${inner.port}`);
      expect((gate.log().match(/Accepted publickey/g)?.length ?? 0) - before).toBe(hops);
      expect(connection.hostKeyFingerprint).toBe(await inner.fingerprint());
      const closed = new Promise<DroverError>((resolve) => connection.onClose(resolve));
      await gate.killSessions();
      expect(await closed).toMatchObject({ code: 'connection-lost' });
      await connection.close();
    }
  });

  it('closes the hops with the host', async () => {
    toInner('gate');
    const connection = await connectSsh({ host: 'inner' }, home);
    await connection.close();
    await expect.poll(() => gate.killSessions()).toBe(0);
  });

  it('says which hop failed, and which hop could not pass it on', async () => {
    const port = await freePort();
    toInner(`gate,127.0.0.1:${port}`);
    const second = await refusal();
    expect(second).toMatchObject({ code: 'host-unreachable' });
    expect(second.message).toMatch(
      /jump host 127\.0\.0\.1 \(.*hop 2 of 2 on the way to inner\).*jump host gate.*could not pass it on/,
    );
    toInner('gate', port);
    expect((await refusal()).message).toMatch(
      /^Log in to \S+@127\.0\.0\.1:\d+: the jump host gate .*Connection refused/,
    );
    toInner(`nobody@127.0.0.1:${gate.port}`);
    const refused = await refusal();
    expect(refused).toMatchObject({ code: 'login-refused' });
    expect(refused.message).toContain('hop 1 of 1 on the way to inner');
  });
});
