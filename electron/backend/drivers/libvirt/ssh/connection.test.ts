import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DroverError } from '#shared/contract/errors.ts';
import { failureOf } from '../../testing/failureOf.ts';
import { type ConnectOptions, connectSsh } from './connect.ts';
import type { SshConnection } from './connection.ts';
import { SpareLogins } from './spareLogins.ts';
import type { SshSurroundings } from './surroundings.ts';
import {
  generateKey,
  hasSshd,
  isRoot,
  type PrivateSshd,
  privateHome,
  startPrivateSshd,
} from './testing/privateSshd.ts';
import { echo, serve, type TestServer } from './testing/servers.ts';

let home: SshSurroundings;
let sshd: PrivateSshd;
let echoServer: TestServer;
let echoPath = '';

describe.skipIf(!hasSshd)('one login to a real sshd', () => {
  beforeAll(async () => {
    home = await privateHome();
    await generateKey(path.join(home.homeFolder, '.ssh', 'id_ed25519'));
    sshd = await startPrivateSshd();
    await sshd.authorize(path.join(home.homeFolder, '.ssh', 'id_ed25519.pub'));
    await sshd.makeKnown(home);
    echoPath = path.join(sshd.folder, 'echo');
    echoServer = await serve(echoPath, echo);
  });
  afterAll(async () => {
    await echoServer.stop();
    await sshd.stop();
    rmSync(home.homeFolder, { recursive: true, force: true });
  });

  it('runs commands: input, output, code, signal', async () => {
    await using(async (connection) => {
      const result = await connection.exec('cat; echo oops >&2; exit 7', { stdin: 'grüße\n' });
      expect(result).toEqual({ code: 7, stdout: 'grüße\n', stderr: 'oops\n' });
      expect((await connection.exec('kill -9 $$')).code).toBe(137);
      const many = await Promise.all([1, 2, 3, 4, 5].map((each) => connection.exec(`echo ${each}`)));
      expect(many.map((each) => each.stdout.trim())).toEqual(['1', '2', '3', '4', '5']);
    });
  });

  it('runs more commands at once than sshd has sessions for, and makes another login where more stay open', async () => {
    await using(async (connection) => {
      const held = await Promise.all(Array.from({ length: 6 }, () => connection.openCommand('exec cat')));
      const many = Array.from({ length: 30 }, (_, number) => connection.exec(`sleep 0.05; echo ${number}`));
      expect((await Promise.all(many)).map((each) => Number(each.stdout))).toEqual([...many.keys()]);
      expect(connection.lasting).toBe(6);

      const spares = new SpareLogins(() => connect());
      const logins = new Set<SshConnection>();
      const more = await Promise.all(
        Array.from({ length: 9 }, () =>
          spares.with(connection, (login) => {
            logins.add(login);
            return login.openCommand('exec cat');
          }),
        ),
      );
      expect(logins.size).toBe(2);
      expect(logins).not.toContain(connection);
      const gone = [...logins].map((login) => new Promise((resolve) => void login.onClose(resolve)));
      for (const channel of [...held, ...more]) channel.destroy();
      // Nothing is left on them, so they end by themselves.
      await Promise.all(gone);
      await expect.poll(() => connection.lasting).toBe(0);
      expect(connection.closeReason).toBeUndefined();
      await spares.close();
    });
  });

  it('says why there is no room for one more session', async () => {
    await using(async (connection) => {
      const spares = new SpareLogins(() => Promise.reject(new Error('the password is wanted')));
      const held = await Promise.all(
        Array.from({ length: 6 }, () => spares.with(connection, (login) => login.openCommand('exec cat'))),
      );
      const refused = await failureOf(spares.with(connection, (login) => login.openCommand('exec cat')));
      expect(refused).toMatchObject({
        code: 'connection-refused',
        message: expect.stringMatching(
          /sshd opens only so many.*the password is wanted.*Let fewer migrations/,
        ),
      });
      for (const channel of held) channel.destroy();
      await spares.close();
    });
  });

  it('stops a command at its deadline, at the signal and at its bound on output', async () => {
    await using(async (connection) => {
      const late = await failureOf(connection.exec('exec sleep 3', { deadlineMs: 300 }));
      expect(late).toMatchObject({ code: 'timed-out', message: expect.stringContaining('within 0.3 s') });
      const abort = new AbortController();
      const aborted = failureOf(connection.exec('exec sleep 3', { signal: abort.signal }));
      abort.abort();
      expect(await aborted).toMatchObject({ code: 'cancelled' });
      expect(await failureOf(connection.exec('yes', { maxBytes: 1000 }))).toMatchObject({
        code: 'protocol-broken',
      });
      expect((await connection.exec('echo still here')).stdout).toBe('still here\n');
    });
  });

  it('kills a bound command, and what it started, when it is stopped or the login is lost', async () => {
    const connection = await connect();
    const observer = await connect();
    const left = async (mark: string): Promise<string> =>
      (await observer.exec(`ps -eo args | grep -c "^sleep ${mark}"`)).stdout.trim();
    const bound = { endWithLogin: true, deadlineMs: 10_000 };
    expect(await connection.exec("printf '%s' \"it's\"; exit 5", bound)).toEqual({
      code: 5,
      stdout: "it's",
      stderr: '',
    });
    await failureOf(connection.exec('sleep 6401 & sleep 6401; true', { ...bound, deadlineMs: 300 }));
    await expect.poll(() => left('6401')).toBe('0');
    const lost = failureOf(connection.exec('sleep 6402; true', bound));
    await expect.poll(() => left('6402')).toBe('1');
    await connection.close();
    expect(await lost).toMatchObject({ code: 'connection-lost' });
    await expect.poll(() => left('6402')).toBe('0');
    await observer.close();
  });

  it.skipIf(!isRoot)('kills a destroyed command, where sshd allows that', async () => {
    const other = await startPrivateSshd({ passwordUser: { name: 'pat', password: 'x', userId: 65_534 } });
    await other.makeKnown(home);
    const answers: SshSurroundings = {
      ...home,
      prompter: { ask: async () => ({ kind: 'secret', secret: 'x' }) },
    };
    const connection = await connectSsh({ user: 'pat', host: '127.0.0.1', port: other.port }, answers);
    const command = await connection.openCommand('echo $$; exec sleep 600');
    // sshd answers before the command has become what its signals reach, so it is waited for.
    const [said] = await once(command, 'data');
    command.destroy();
    const gone = `kill -0 ${Number(said)} 2>/dev/null || echo gone`;
    await expect.poll(async () => (await connection.exec(gone)).stdout).toBe('gone\n');
    await connection.close();
    await other.stop();
  });

  it('opens UNIX sockets, many at once, and passes on every byte and the end', async () => {
    await using(async (connection) => {
      const sent = Buffer.alloc(5_000_000, 'drover');
      const stream = await connection.openUnixSocket(echoPath);
      const received = buffer(stream);
      stream.end(sent);
      expect((await received).equals(sent)).toBe(true);
      const streams = await Promise.all(
        Array.from({ length: 40 }, () => connection.openUnixSocket(echoPath)),
      );
      const answers = streams.map(async (each, index) => {
        each.write(`${index}`);
        const [chunk] = await once(each, 'data');
        return Number(String(chunk));
      });
      expect(await Promise.all(answers)).toEqual(streams.map((_, index) => index));
      expect(echoServer.connections.size).toBe(40);
      for (const each of streams) each.destroy();
      await expect.poll(() => echoServer.connections.size).toBe(0);
    });
  });

  it('says what the host answered when a socket or port is not there', async () => {
    await using(async (connection) => {
      const error = await failureOf(connection.openUnixSocket('/nowhere/at/all'));
      expect(error.message).toContain('Open the socket /nowhere/at/all on 127.0.0.1');
      expect(error).toMatchObject({ code: 'connection-refused' });
      expect((await failureOf(connection.forwardTcp('127.0.0.1', 1))).message).toContain(
        'Connection refused',
      );
      const tcp = await serve(0, echo);
      const stream = await connection.forwardTcp('127.0.0.1', tcp.port);
      stream.end('hello');
      expect(String(await buffer(stream))).toBe('hello');
      await tcp.stop();
    });
  });

  it('tells everybody why when the connection is cut', async () => {
    const connection = await connect();
    const reasons: DroverError[] = [];
    connection.onClose((reason) => reasons.push(reason));
    const end = connection.onClose(() => expect.fail('this listener had been removed'));
    end();
    const stream = await connection.openUnixSocket(echoPath);
    const streamError = firstError(stream);
    const command = failureOf(connection.exec('sleep 6200'));
    await connection.exec('true');
    expect(await sshd.killSessions()).toBeGreaterThan(0);
    expect(await streamError).toMatchObject({ code: 'connection-lost' });
    expect(await command).toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('the host closed it'),
    });
    expect(reasons).toHaveLength(1);
    expect(connection.closeReason).toBe(reasons[0]);
    expect(await failureOf(connection.openUnixSocket(echoPath))).toBe(reasons[0]);
    expect(await failureOf(connection.exec('true'))).toBe(reasons[0]);
    const late = new Promise((resolve) => connection.onClose(resolve));
    expect(await late).toBe(reasons[0]);
    await connection.close();
  });

  it('notices a host that answers no more, and does not wait for it when closing', async () => {
    const connection = await connect({ keepaliveIntervalMs: 60 });
    const other = await connect();
    const closed = new Promise<DroverError>((resolve) => connection.onClose(resolve));
    await sshd.killSessions('SIGSTOP');
    const pending = failureOf(connection.openUnixSocket(echoPath));
    expect(await closed).toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('not answered for 0.18 s'),
    });
    expect(await pending).toBe(await closed);
    await other.close();
    expect(other.closeReason?.message).toContain('Drover has closed it');
    await sshd.killSessions();
  });

  it('leaves no socket, timer or listener behind', async () => {
    const count = (): number =>
      process.getActiveResourcesInfo().filter((each) => /TCP|Pipe|Timeout/.test(each)).length;
    const before = count();
    const abort = new AbortController();
    for (let round = 0; round < 5; round += 1) {
      const connection = await connect({ signal: abort.signal });
      await connection.exec('true');
      (await connection.openUnixSocket(echoPath)).destroy();
      await connection.close();
    }
    await expect.poll(count).toBeLessThanOrEqual(before);
  });

  it('stops logging in when told to', async () => {
    const abort = new AbortController();
    const error = failureOf(connect({ signal: abort.signal }));
    abort.abort();
    expect(await error).toMatchObject({ code: 'cancelled' });
    expect(await failureOf(connect({ signal: abort.signal }))).toMatchObject({ code: 'cancelled' });
  });
});

async function connect(options: ConnectOptions = {}): Promise<SshConnection> {
  return connectSsh({ host: '127.0.0.1', port: sshd.port }, home, options);
}
async function using(work: (connection: SshConnection) => Promise<void>): Promise<void> {
  const connection = await connect();
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}
function firstError(stream: Duplex): Promise<Error> {
  return new Promise((resolve) => stream.once('error', resolve));
}
