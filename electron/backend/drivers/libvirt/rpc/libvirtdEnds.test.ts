import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { failureOf } from '../../testing/failureOf.ts';
import * as rpc from './rpc.ts';
import { type PrivateLibvirtd, startPrivateLibvirtd } from './testing/privateLibvirtd.ts';
import { describeWithLibvirtd } from './testing/withLibvirtd.ts';

describeWithLibvirtd('a libvirtd that one may not use, or that ends', () => {
  let host: PrivateLibvirtd;
  const started: PrivateLibvirtd[] = [];
  async function start(...options: Parameters<typeof startPrivateLibvirtd>): Promise<PrivateLibvirtd> {
    host = await startPrivateLibvirtd(...options);
    started.push(host);
    return host;
  }
  async function open(uri: string, options: Partial<rpc.OpenOptions> = {}): Promise<rpc.LibvirtConnection> {
    return rpc.openConnection(await host.connect(), { host: 'alpha', uri, ...options });
  }
  afterAll(async () => {
    for (const one of started) await one.stop();
  });

  it('refuses by polkit whoever is not root', async () => {
    await start({ auth: 'polkit' });
    const { transport, end } = connectAs(65_534, host.socketPath);
    const error = await failureOf(rpc.openConnection(transport, { host: 'alpha' }));
    expect(error.code).toBe('libvirt-no-rights');
    expect(error.message).toContain("group 'libvirt'");
    end();
  });

  it('demands SASL, by name', async () => {
    await start({ auth: 'sasl' });
    const error = await failureOf(open('test:///default'));
    expect(error).toMatchObject({ code: 'libvirt-no-rights', details: { demanded: 'SASL' } });
  });

  it('is content with our answers to its keepalives, and we with its', async () => {
    await start({ configuration: ['keepalive_interval = 1', 'keepalive_count = 1'] });
    const connection = await open('test:///default', { keepalive: { intervalMs: 200, count: 2 } });
    // Unanswered, either side would have given up within 2 s.
    await delay(2600);
    expect(connection.closeReason).toBeUndefined();
    expect(await connection.call(rpc.connectGetType)).toEqual({ type: 'TEST' });
    await connection.close();
  });

  it('is noticed when it hangs, and when it dies', async () => {
    await start();
    const hung = await open('test:///default', { keepalive: { intervalMs: 50, count: 2 } });
    process.kill(host.pid, 'SIGSTOP');
    const waiting = await failureOf(hung.call(rpc.connectGetHostname));
    expect(waiting.message).toContain('keepalives');
    process.kill(host.pid, 'SIGCONT');

    const killed = await open('test:///default');
    const reason = new Promise<string>((resolve) => killed.onClose(({ code }) => resolve(code)));
    process.kill(host.pid, 'SIGKILL');
    expect(await reason).toBe('connection-lost');
    expect(await failureOf(killed.call(rpc.connectGetHostname))).toMatchObject({ code: 'connection-lost' });
    await killed.close();
  });
});

/** The socket as another account sees it: through a small process of that account's. */
function connectAs(uid: number, socketPath: string): { readonly transport: Duplex; end(): void } {
  const script =
    'const s=require("net").connect(process.argv[1]);process.stdin.pipe(s);s.pipe(process.stdout)';
  const child = spawn(process.execPath, ['-e', script, socketPath], {
    uid,
    gid: uid,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const transport = Duplex.from({ readable: child.stdout, writable: child.stdin });
  return { transport, end: () => child.kill() };
}
