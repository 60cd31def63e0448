import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { RPCLink } from '@orpc/client/message-port';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientOver, type DroverClient } from '#shared/contract/client.ts';
import { type Backend, startBackend } from '../../electron/backend/backend.ts';
import { generateKey } from '../../electron/backend/drivers/libvirt/ssh/testing/privateSshd.ts';
import type { FromBackend } from '../../electron/main/backendMessages.ts';
import { type Encryption, keptSecrets } from '../../electron/main/secretKeeping.ts';
import { shelvedSecrets } from '../../electron/main/shelvedSecrets.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const patience = { timeout: 60_000, interval: 50 };

/** Stands for the system's key store: what it gives out shows nothing of the text. */
const encryption: Encryption = {
  isEncryptionAvailable: () => true,
  encryptString: (text) => Buffer.from(Buffer.from(text).map((byte) => byte ^ 0x5a)),
  decryptString: (cipher) => Buffer.from(cipher.map((byte) => byte ^ 0x5a)).toString(),
};

describe.skipIf(noLab !== undefined)('the secrets of hosts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-secrets-'));
  const dataFolder = join(folder, 'data');
  const wrong = 'not-this-one-4711';
  const passphrase = 'an-Old passphrase-4712';
  const shelf = new Map<string, string>();
  /** Everything that left the backend by its port to the page. */
  const heard: string[] = [];
  /** Everything printed. */
  const printed: string[] = [];
  let lab: Lab;
  let password: string;
  let address: string;
  let backend: Backend | undefined;
  let client: DroverClient;
  let endPort = () => {};

  beforeAll(async () => {
    vi.stubEnv('HOME', folder);
    vi.stubEnv('SSH_AUTH_SOCK', '');
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...words: unknown[]) => {
        printed.push(words.map((word) => (word instanceof Error ? word.stack : String(word))).join(' '));
      });
    }
    lab = await startLab({ name: 'secrets', hosts: 1 });
    const { operator } = lab.description().users;
    password = operator.password;
    address = `ssh://${operator.user}@${lab.host('host-a').address}`;
  });
  afterEach(async () => {
    await stop();
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await lab?.down();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As the desktop app starts it; `kept` false: on a machine without a key store, after the app was closed. */
  async function start(kept = true): Promise<void> {
    const store = keptSecrets(encryption, {
      read: () => (kept ? Object.fromEntries(shelf) : {}),
      write: (name, cipher) => void shelf.set(name, cipher),
      remove: (name) => void shelf.delete(name),
    });
    const tell = (message: FromBackend) => {
      if (message.type === 'remember') store.remember(message.name, message.secret);
      if (message.type === 'forget') store.forget(message.name);
    };
    backend = await startBackend({ dataFolder, mode: 'desktop', secrets: shelvedSecrets(store.all(), tell) });
    const { port1, port2 } = new MessageChannel();
    backend.acceptPort(port1, { who: 'tester@here', via: 'desktop' });
    port2.addEventListener('message', (event) => {
      heard.push(inspect(Reflect.get(event, 'data'), { depth: 20, maxStringLength: null }));
    });
    client = clientOver(new RPCLink({ port: port2 }));
    port1.start();
    port2.start();
    endPort = () => port2.close();
  }
  async function stop(): Promise<void> {
    endPort();
    await backend?.stop();
    backend = undefined;
  }
  const connection = async () => (await client.live.snapshot()).hosts[0]?.connection;
  const connected = async () =>
    await expect.poll(async () => (await connection())?.state, patience).toBe('connected');
  const hostId = async () => {
    const host = (await client.live.snapshot()).hosts[0];
    if (host === undefined) throw new Error('there is no host');
    return host.id;
  };
  const trusted = () => ({ acceptHostKey: lab.host('host-a').hostKeys[0]?.fingerprint ?? '' });
  const add = async (credentials: Parameters<DroverClient['hosts']['add']>[0]['credentials']) =>
    await client.hosts.add({ address, clusterName: 'lab', credentials });

  /** No secret, as it is or in base64, in any file of the folder, on the port or in what was printed. */
  function expectNowhere(...secrets: readonly string[]): void {
    const files = readdirSync(dataFolder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(3);
    expect(heard.join('')).toContain('host-a');
    const texts = [
      ...files.map((file) => readFileSync(join(file.parentPath, file.name)).toString('latin1')),
      ...heard,
      ...printed,
    ];
    for (const secret of secrets) {
      for (const form of [secret, Buffer.from(secret).toString('base64')]) {
        expect(texts.filter((text) => text.includes(form))).toEqual([]);
      }
    }
  }

  it('asks for the password of a host, and says when it is wrong', async () => {
    await start();
    await expect(add(trusted())).rejects.toThrow(
      /^Log in to \S+ \(operator@\S+\): it asks for the password of operator\. Give the password/,
    );
    await expect(add({ ...trusted(), password: wrong })).rejects.toMatchObject({
      data: { code: 'password-needed', message: expect.stringContaining('was not accepted') },
    });
    expect((await client.live.snapshot()).hosts).toEqual([]);
    expect(shelf.size).toBe(0);
    expect(await add({ ...trusted(), password })).toMatchObject({ name: 'host-a' });
    await connected();
    expect([...shelf.keys()]).toEqual([`password:operator@${lab.host('host-a').address}:22`]);
    expect([...shelf.values()].join('')).not.toContain(password);
  });

  it('connects again by itself: when the link was lost, and after a restart where there is a key store', async () => {
    await start();
    await connected();
    expect(await lab.cutConnections('host-a')).toBeGreaterThan(0);
    await expect.poll(async () => (await connection())?.state, patience).not.toBe('connected');
    await client.hosts.reconnect({ hostId: await hostId(), credentials: {} });
    await connected();
    expect(shelf.size).toBe(1);
  });

  it('asks again after a restart where there is none, and takes no wrong answer for it', async () => {
    await start(false);
    await expect.poll(async () => (await connection())?.state, patience).toBe('needs-attention');
    const id = await hostId();
    for (const credentials of [{}, { password: wrong }]) {
      await expect(client.hosts.reconnect({ hostId: id, credentials })).rejects.toMatchObject({
        data: { code: 'password-needed' },
      });
    }
    await client.hosts.reconnect({ hostId: id, credentials: { password } });
    expect(await connection()).toMatchObject({ state: 'connected' });
  });

  it('leaves no password in the data folder, on the port to the page, or in what it prints', async () => {
    await start();
    await connected();
    await client.tasks.list({});
    expectNowhere(password, wrong);
  });

  it('forgets the password of a host that is removed', async () => {
    await start();
    await connected();
    await client.hosts.remove({ hostId: await hostId() });
    expect([...shelf.keys()]).toEqual([]);
  });

  it('does the same with the passphrase of a key', async () => {
    const keyFile = join(folder, 'locked key');
    await generateKey(keyFile, { passphrase });
    const authorized = join(lab.host('host-a').folder, 'etc/ssh/authorized_keys/operator');
    appendFileSync(authorized, readFileSync(`${keyFile}.pub`));

    await start();
    const wanted = { data: { code: 'passphrase-needed', details: { keyFile } } };
    await expect(add({ ...trusted(), keyFile })).rejects.toMatchObject(wanted);
    await expect(add({ ...trusted(), keyFile, passphrase: wrong })).rejects.toMatchObject(wanted);
    await add({ ...trusted(), keyFile, passphrase });
    await stop();

    await start();
    await connected();
    await stop();

    await start(false);
    await expect.poll(connection, patience).toMatchObject({ error: { code: 'passphrase-needed' } });
    await client.hosts.reconnect({ hostId: await hostId(), credentials: { passphrase } });
    expectNowhere(passphrase, wrong, password);
  });

  it('shows no password that somebody has put into an address', async () => {
    await start();
    const bad = 'ssh://root:pa:ss@wo@10.0.0.1';
    await expect(
      client.hosts.add({ address: bad, clusterName: 'lab', credentials: {} }),
    ).rejects.toMatchObject({
      data: { code: 'address-unusable', message: expect.not.stringMatching(/pa:ss|wo@/) },
    });
  });
});
