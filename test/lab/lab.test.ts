import { readFile } from 'node:fs/promises';
import { Client, type ConnectConfig } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf } from './hostFiles.ts';
import { until } from './pause.ts';
import { tryProgram } from './runProgram.ts';
import { type Lab, LabError, startLab, whyNoLab } from './startLab.ts';

const unavailable = await whyNoLab();
if (unavailable !== undefined) console.log(`The lab is not tried: ${unavailable}`);

const libvirtSocket = '/run/libvirt/libvirt-sock';

/** Logs in and tries to reach libvirt's socket: 'ok', or why not. */
function reach(config: ConnectConfig, socketPath?: string): Promise<string> {
  return new Promise((resolve) => {
    const client = new Client();
    const end = (answer: string): void => {
      client.end();
      resolve(answer);
    };
    client.on('ready', () => {
      if (socketPath === undefined) return end('ok');
      client.openssh_forwardOutStreamLocal(socketPath, (error) => end(error ? error.message : 'ok'));
    });
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => String(config.password))),
    );
    client.on('error', (error) => resolve(error.message));
    client.connect({ readyTimeout: 10_000, ...config });
  });
}

describe.skipIf(unavailable !== undefined)('a lab of two hosts and two guests', () => {
  let lab: Lab;
  let key: Buffer;
  const uriOf = (name: string): string => `qemu+unix:///system?socket=${lab.host(name).libvirtSocket}`;
  const migrate = async (
    guest: string,
    from: string,
    to: string,
    ...flags: readonly string[]
  ): Promise<void> => {
    const move = ['migrate', '--live', '--persistent', '--undefinesource', ...flags, guest, uriOf(to)];
    const target = ['--migrateuri', `tcp://${lab.host(to).address}`];
    const done = await tryProgram(['virsh', '-c', uriOf(from), ...move, ...target], { deadlineMs: 90_000 });
    expect(done.stderr.trim()).toBe('');
  };

  beforeAll(async () => {
    lab = await startLab({ name: 'test-two', hosts: 2, guests: 2 });
    key = await readFile(lab.description().keyFile);
  });
  afterAll(() => lab?.down());

  it('is up, with each guest running on one host and answering', async () => {
    const status = await lab.status();
    expect(status.hosts).toMatchObject([
      { name: 'host-a', running: true, link: 'up', rateMbit: null },
      { name: 'host-b', running: true, link: 'up', rateMbit: null },
    ]);
    expect(status.guests).toMatchObject([
      { name: 'vm-1', answers: true, seen: [{ host: 'host-a', state: 'running' }] },
      { name: 'vm-2', answers: true, seen: [{ host: 'host-b', state: 'running' }] },
    ]);
  });

  it('lets in root by key and operator by key, password and keyboard-interactive; libvirt opens for operator only', async () => {
    const { address } = lab.host('host-a');
    const { operator, norights } = lab.description().users;
    const at = (config: ConnectConfig): ConnectConfig => ({ host: address, ...config });
    expect(await reach(at({ username: 'root', privateKey: key }), libvirtSocket)).toBe('ok');
    expect(await reach(at({ username: 'operator', privateKey: key }), libvirtSocket)).toBe('ok');
    expect(await reach(at({ username: 'operator', password: operator.password }), libvirtSocket)).toBe('ok');
    const asked = { username: 'operator', password: operator.password, tryKeyboard: true };
    expect(await reach(at({ ...asked, authHandler: ['none', 'keyboard-interactive'] }))).toBe('ok');
    expect(await reach(at({ username: 'norights', password: norights.password }))).toBe('ok');
    expect(await reach(at({ username: 'norights', password: norights.password }), libvirtSocket)).not.toBe(
      'ok',
    );
    expect(await reach(at({ username: 'operator', password: 'wrong' }))).toContain('authentication');
    expect(await reach(at({ username: 'root', password: operator.password }))).toContain('authentication');
  });

  it('shows the host keys it says it has', async () => {
    for (const host of [lab.host('host-a'), lab.host('host-b')]) {
      const scanned = await tryProgram(['ssh-keyscan', '-t', 'ed25519,ecdsa,rsa', host.address]);
      const seen = scanned.stdout.split('\n').filter((line) => line.startsWith(host.address));
      const prints = seen.map((line) => fingerprintOf(line.slice(host.address.length + 1)));
      expect(prints.sort()).toEqual(host.hostKeys.map((one) => one.fingerprint).sort());
    }
  });

  it('has hosts that differ as real ones do', async () => {
    const uuids = await Promise.all(['host-a', 'host-b'].map((host) => lab.virsh(host, ['capabilities'])));
    expect(uuids[0]).toContain(lab.host('host-a').uuid);
    expect(uuids[1]).toContain(lab.host('host-b').uuid);
    expect((await lab.exec('host-b', ['uname', '-n'])).trim()).toBe('host-b');
    expect(await lab.exec('host-b', ['getent', 'hosts', 'host-a'])).toContain(lab.host('host-a').address);
    expect((await lab.tryExec('host-a', ['getent', 'hosts', 'host-b'])).exitCode).not.toBe(0);
    expect(await lab.exec('host-a', ['cat', '/etc/libvirt/qemu.conf'])).toContain('migration_host');
    expect(await lab.exec('host-b', ['cat', '/etc/libvirt/qemu.conf'])).not.toContain('migration_host');
    expect(await lab.virsh('host-a', ['pool-list', '--name'])).toMatch(/local\s+shared/);
  });

  it('shares one pool between the hosts and keeps the other apart', async () => {
    await lab.exec('host-a', ['touch', '/var/lib/libvirt/shared/mark', '/var/lib/libvirt/local/mark']);
    expect((await lab.tryExec('host-b', ['ls', '/var/lib/libvirt/shared/mark'])).exitCode).toBe(0);
    expect((await lab.tryExec('host-b', ['ls', '/var/lib/libvirt/local/mark'])).exitCode).not.toBe(0);
  });

  it('keeps all but its own networks away from the hosts', async () => {
    const routes = await lab.exec('host-a', ['ip', 'route']);
    expect(routes.trim().split('\n')).toHaveLength(1);
    expect(routes).toContain(lab.description().subnet);
  });

  it('migrates a guest that rewrites memory, live, while its counter is watched', async () => {
    const seen = await lab.watch('vm-1');
    await migrate('vm-1', 'host-a', 'host-b', '--unsafe');
    expect(await lab.sightings('vm-1')).toEqual([{ host: 'host-b', state: 'running' }]);
    const before = seen.observation().lines;
    await until('a line from the other host', 5000, () =>
      seen.observation().lines > before ? true : undefined,
    );
    await migrate('vm-1', 'host-b', 'host-a', '--unsafe');
    expect(seen.stop()).toMatchObject({ connected: true, unbroken: true });
  });

  it('carries a guest with its storage over a slowed link, and says the rate', async () => {
    await lab.link('host-a', 200);
    expect((await lab.status()).hosts[0]?.rateMbit).toBe(200);
    await lab.defineGuest('host-a', { name: 'carried', storage: 'local', vnc: false });
    await lab.startGuest('carried');
    await migrate('carried', 'host-a', 'host-b', '--copy-storage-all');
    expect(await lab.sightings('carried')).toEqual([{ host: 'host-b', state: 'running' }]);
    await lab.link('host-a', undefined);
    await lab.link('host-a', undefined);
    expect((await lab.status()).hosts[0]?.rateMbit).toBeNull();
    await lab.removeGuest('carried');
    expect(() => lab.guest('carried')).toThrow(LabError);
    expect((await lab.tryExec('host-b', ['ls', '/var/lib/libvirt/local/carried.qcow2'])).exitCode).not.toBe(
      0,
    );
  });

  it("changes a guest's load while it runs and switches it off by its power button", async () => {
    await lab.setLoad('vm-2', 8, 4);
    await lab.stopGuest('vm-2', { graceful: true });
    expect(await lab.ask('vm-2', 200)).toBeUndefined();
    await lab.startGuest('vm-2');
    expect(await lab.ask('vm-2')).toBeDefined();
  });

  it('keeps guests running while libvirt is killed and started again', async () => {
    const seen = await lab.watch('vm-1');
    await lab.stopLibvirt('host-a', { force: true });
    expect((await lab.tryExec('host-a', ['virsh', '-c', 'qemu:///system', 'list'])).exitCode).not.toBe(0);
    await lab.startLibvirt('host-a');
    await lab.restartLibvirt('host-a');
    expect(await lab.sightings('vm-1')).toEqual([{ host: 'host-a', state: 'running' }]);
    expect(seen.stop()).toMatchObject({ connected: true, unbroken: true });
  });

  it('cuts a cable and heals it; connections survive', async () => {
    const seen = await lab.watch('vm-1');
    await lab.cut('host-a');
    expect(await lab.ask('vm-1', 200)).toBeUndefined();
    expect((await lab.status()).hosts[0]).toMatchObject({ running: true, link: 'down' });
    await lab.heal('host-a');
    await until('the guest answering again', 10_000, () => lab.ask('vm-1', 200));
    expect(seen.stop()).toMatchObject({ connected: true, unbroken: true });
  });

  it('cuts the power: no FIN reaches anyone, and nothing of the host lives on until it is revived', async () => {
    const seen = await lab.watch('vm-1');
    await lab.kill('host-a');
    expect(seen.stop().connected).toBe(true);
    expect((await lab.status()).hosts[0]).toMatchObject({ running: false, link: 'down' });
    expect((await tryProgram(['ip', 'netns', 'pids', lab.host('host-a').namespace])).stdout).toBe('');
    await expect(lab.exec('host-a', ['true'])).rejects.toThrow(/is dead/);
    await lab.revive('host-a');
    await expect(lab.revive('host-a')).rejects.toThrow(/is running already/);
    expect(await lab.sightings('vm-1')).toEqual([{ host: 'host-a', state: 'shut off' }]);
    await lab.startGuest('vm-1');
  });

  it('names what it does not have', async () => {
    await expect(async () => lab.kill('host-z')).rejects.toThrow('it has host-a, host-b');
    await expect(lab.defineGuest('host-a', { name: 'vm-1' })).rejects.toThrow(/named vm-1 already/);
  });
});

describe.skipIf(unavailable !== undefined)('hosts of other kinds', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({
      name: 'test-kinds',
      hosts: [
        { libvirt: false },
        { streamLocalForwarding: false },
        { modularSocket: true, migrationHost: true },
      ],
    });
  });
  afterAll(() => lab?.down());
  const enter = async (name: string, socket: string): Promise<string> =>
    await reach(
      {
        host: lab.host(name).address,
        username: 'root',
        privateKey: await readFile(lab.description().keyFile),
      },
      socket,
    );

  it('has one without libvirt', async () => {
    expect(await enter('host-a', libvirtSocket)).not.toBe('ok');
  });

  it('has one whose sshd refuses to forward sockets, with virt-ssh-helper and nc to get by', async () => {
    expect(await enter('host-b', libvirtSocket)).not.toBe('ok');
    expect(await lab.virsh('host-b', ['version'])).toContain('QEMU');
    expect(await lab.exec('host-b', ['sh', '-c', 'command -v virt-ssh-helper && command -v nc'])).toMatch(
      /virt-ssh-helper\n.*nc/,
    );
  });

  it('has one whose libvirt listens where the modular daemon would, also after a restart', async () => {
    expect(await enter('host-c', '/run/libvirt/virtqemud-sock')).toBe('ok');
    await lab.restartLibvirt('host-c');
    expect(await enter('host-c', '/run/libvirt/virtqemud-sock')).toBe('ok');
    expect(await enter('host-c', libvirtSocket)).not.toBe('ok');
  });
});
