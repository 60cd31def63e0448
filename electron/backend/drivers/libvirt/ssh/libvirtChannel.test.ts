import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failureOf.ts';
import { connectSsh } from './connect.ts';
import type { SshConnection } from './connection.ts';
import { openLibvirtChannel } from './libvirtChannel.ts';
import { type LibvirtHost, noWayToLibvirt } from './libvirtHost.ts';
import type { SshSurroundings } from './surroundings.ts';
import {
  generateKey,
  hasSshd,
  type PrivateSshd,
  privateHome,
  startPrivateSshd,
} from './testing/privateSshd.ts';
import { answerAsLibvirtd, echo, serve, type TestServer } from './testing/servers.ts';

const CALL = Buffer.from('0000001c20008086000000010000004200000000000000070000000000', 'hex').subarray(0, 28);

describe.skipIf(!hasSshd)('the way to libvirt over a real sshd', () => {
  let home: SshSurroundings;
  const running: PrivateSshd[] = [];
  const servers: TestServer[] = [];
  const connections: SshConnection[] = [];
  beforeAll(async () => {
    home = await privateHome();
    await generateKey(path.join(home.homeFolder, '.ssh', 'id_ed25519'));
  });
  afterEach(async () => {
    for (const each of connections.splice(0)) await each.close();
    for (const each of servers.splice(0)) await each.stop();
    for (const each of running.splice(0)) await each.stop();
  });
  afterAll(() => rmSync(home.homeFolder, { recursive: true, force: true }));

  /** A host whose commands see only `programs` besides the ordinary ones, given as the text of each. */
  async function host(configuration: readonly string[], programs: Readonly<Record<string, string>> = {}) {
    const bin = path.join(home.homeFolder, `bin-${running.length}`);
    rmSync(bin, { recursive: true, force: true });
    mkdirSync(bin);
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(path.join(bin, name), text);
      chmodSync(path.join(bin, name), 0o755);
    }
    const sshd = await startPrivateSshd({
      configuration,
      path: `${bin}:/usr/bin:/bin`,
    });
    running.push(sshd);
    await sshd.authorize(path.join(home.homeFolder, '.ssh', 'id_ed25519.pub'));
    await sshd.makeKnown(home);
    const connection = await connectSsh({ host: '127.0.0.1', port: sshd.port }, home);
    connections.push(connection);
    const socket = (name: string): string => path.join(sshd.folder, name);
    return { sshd, connection, socketPaths: [socket('libvirt-sock'), socket('virtqemud-sock')] as const };
  }
  async function listen(where: string, answer = answerAsLibvirtd): Promise<void> {
    servers.push(await serve(where, answer));
  }
  /** A stand-in that joins its input and output to a socket, as virt-ssh-helper and nc -U do. */
  const joining = (socket: string): string => `#!${process.execPath}
const socket = require('node:net').connect(${socket});
socket.on('error', (error) => { console.error('cannot connect: ' + error.message); process.exit(1); });
process.stdin.pipe(socket).pipe(process.stdout);
`;

  async function proves(connection: SshConnection, socketPaths: readonly string[]) {
    const opened = await openLibvirtChannel(connection, { socketPaths });
    opened.channel.write(CALL);
    const [reply] = await once(opened.channel, 'data');
    expect([reply.length, reply.readUInt32BE(20)]).toEqual([36, 7]);
    opened.channel.destroy();
    return opened.route;
  }

  it('takes the one socket, or the modular one, and remembers which', async () => {
    const { connection, socketPaths } = await host([]);
    await listen(socketPaths[1]);
    expect(await proves(connection, socketPaths)).toEqual({ kind: 'socket', path: socketPaths[1] });
    await listen(socketPaths[0]);
    expect(await proves(connection, socketPaths)).toEqual({ kind: 'socket', path: socketPaths[1] });
    await servers[0]?.stop();
    expect(await proves(connection, socketPaths)).toEqual({ kind: 'socket', path: socketPaths[0] });
  });

  it('falls back to virt-ssh-helper where forwarding is refused', async () => {
    const place = path.join(home.homeFolder, 'behind');
    await listen(place);
    const { connection, socketPaths } = await host(['AllowStreamLocalForwarding no'], {
      'virt-ssh-helper': joining(JSON.stringify(place)),
    });
    const route = { kind: 'command', command: "virt-ssh-helper 'qemu:///system'" };
    expect(await proves(connection, socketPaths)).toEqual(route);
    expect(await proves(connection, socketPaths)).toEqual(route);
  });

  it('falls back to nc, with and without -N, when the helper fails', async () => {
    const { connection, socketPaths } = await host(['AllowStreamLocalForwarding no'], {
      'virt-ssh-helper': '#!/bin/sh\necho "error: no way" >&2; exit 1\n',
      nc: `${joining('process.argv.at(-1)').replace('const socket', "if (process.argv[2] === '-N') { console.error('unknown option'); process.exit(2); }\nconst socket")}`,
    });
    await listen(socketPaths[0]);
    expect(await proves(connection, socketPaths)).toEqual({
      kind: 'command',
      command: `nc -U '${socketPaths[0]}'`,
    });
  });

  it('names everything it tried, and why each failed', async () => {
    const { connection, socketPaths } = await host(['AllowStreamLocalForwarding no'], {
      libvirtd: '#!/bin/sh\n',
      'virt-ssh-helper': '#!/bin/sh\necho "error: the daemon is gone" >&2; exit 1\n',
      nc: joining('process.argv.at(-1)'),
    });
    await listen(socketPaths[0], echo);
    const error = await failureOf(openLibvirtChannel(connection, { socketPaths }));
    expect(error.code).toMatch(/^libvirt-(stopped|refused)$/);
    for (const part of [
      `the socket ${socketPaths[0]}`,
      `the socket ${socketPaths[1]}`,
      "virt-ssh-helper 'qemu:///system'\" (error: the daemon is gone (exit code 1))",
      'something answered that is not libvirt',
    ]) {
      expect(error.message).toContain(part);
    }
  });

  it('says when libvirt is not there, or is there and does not run', async () => {
    const bare = await host([]);
    // Whether libvirt is installed beside these tests is not this test's to decide.
    const expected =
      (await bare.connection.exec('PATH=$PATH:/usr/sbin; command -v libvirtd virtqemud')).stdout !== '';
    const error = await failureOf(openLibvirtChannel(bare.connection, { socketPaths: bare.socketPaths }));
    expect(error.code).toBe(expected ? 'libvirt-stopped' : 'libvirt-missing');
    const stopped = await host([], { libvirtd: '#!/bin/sh\n' });
    expect(
      await failureOf(openLibvirtChannel(stopped.connection, { socketPaths: stopped.socketPaths })),
    ).toMatchObject({
      code: 'libvirt-stopped',
      message: expect.stringContaining('systemctl enable --now libvirtd.socket'),
    });
  });

  it('says so when the shell there answers nothing sensible', async () => {
    const { connection, socketPaths } = await host(['ForceCommand echo "This account is not for you"']);
    const error = await failureOf(openLibvirtChannel(connection, { socketPaths }));
    expect(error).toMatchObject({ code: 'libvirt-refused' });
    expect(error.message).toContain('This account is not for you');
  });

  it('gives the reason of a cut connection, not of libvirt', async () => {
    const { connection, sshd, socketPaths } = await host([]);
    await sshd.killSessions();
    expect(await failureOf(openLibvirtChannel(connection, { socketPaths }))).toMatchObject({
      code: 'connection-lost',
    });
  });

  it('tells a lack of rights from the rest', async () => {
    const { connection } = await host([]);
    const facts: LibvirtHost = {
      user: 'ann',
      groups: 'ann users',
      sockets: [
        { path: '/run/libvirt/libvirt-sock', exists: true, usable: false, owner: 'root:libvirt 770' },
      ],
      programs: new Set(['libvirtd']),
      units: new Map([['libvirtd.service', 'active']]),
    };
    const tried = [{ name: 'the socket', reason: 'open failed' }];
    expect(noWayToLibvirt(connection, facts, tried)).toMatchObject({
      code: 'libvirt-no-rights',
      message: expect.stringContaining('usermod -aG libvirt ann'),
    });
    const usable = facts.sockets.map((socket) => ({ ...socket, usable: true }));
    expect(noWayToLibvirt(connection, { ...facts, sockets: usable }, tried)).toMatchObject({
      code: 'libvirt-refused',
      message: expect.stringContaining('AllowStreamLocalForwarding'),
    });
  });
});
