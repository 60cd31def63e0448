import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import { type ConsoleMessage, type ConsoleStanding, consoleWindowBytes } from '#shared/model/console.ts';
import { type VmId, vmIdSchema } from '#shared/model/ids.ts';
import { type Backend, startBackend } from '../../electron/backend/backend.ts';
import { FakeHosts, fakeDomain } from '../../electron/backend/drivers/testing/fakeHosts.ts';
import { type Connected, transports } from './transports.ts';

const uuid = '11111111-2222-3333-4444-555555555555';
const alpha = 'ssh://root@alpha';
const beta = 'ssh://root@beta';

/** One console as a client reads it: what was told, and what it says of having taken. */
class Reader {
  readonly standings: ConsoleStanding[] = [];
  readonly stop = new AbortController();
  bytes = Buffer.alloc(0);
  id = '';
  connection = 0;
  acknowledges = true;
  ended: unknown;
  readonly #client: DroverClient;

  constructor(client: DroverClient) {
    this.#client = client;
  }

  async read(messages: Promise<AsyncIterable<ConsoleMessage>>): Promise<void> {
    try {
      for await (const message of await messages) await this.#hear(message);
      this.ended = 'closed';
    } catch (thrown) {
      this.ended = toDroverError(thrown);
    }
  }

  get standing(): ConsoleStanding['state'] | undefined {
    return this.standings.at(-1)?.state;
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  async type(text: string, connection = this.connection): Promise<void> {
    const bytes = Buffer.from(text).toString('base64');
    await this.#client.consoles.send({ consoleId: this.id, connection, bytes });
  }

  async #hear(message: ConsoleMessage): Promise<void> {
    if (message.kind === 'opened') this.id = message.consoleId;
    else if (message.kind === 'standing') {
      this.standings.push(message.standing);
      this.connection = message.connection;
    } else {
      this.bytes = Buffer.concat([this.bytes, Buffer.from(message.bytes, 'base64')]);
      if (!this.acknowledges) return;
      await this.#client.consoles.acknowledge({ consoleId: this.id, bytes: this.bytes.length });
    }
  }
}

describe.each(Object.entries(transports))('consoles over %s', (_name, connect) => {
  let dataFolder: string;
  let backend: Backend;
  let hosts: FakeHosts;
  let connected: Connected;
  let client: DroverClient;
  let vmId: VmId;
  const readers: Reader[] = [];

  beforeEach(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'drover-consoles-'));
    hosts = new FakeHosts();
    backend = await startBackend({ dataFolder, mode: 'server', openDriver: hosts.openDriver });
    connected = await connect(backend, dataFolder);
    client = connected.client;
    hosts.host(alpha).put(fakeDomain(uuid, 'web-01'));
    for (const address of [alpha, beta]) {
      await client.hosts.add({ address, clusterName: 'lab', credentials: {} });
    }
    vmId = await soon(async () => vmIdSchema.parse((await client.live.snapshot()).vms[0]?.id));
  });

  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.stop.abort();
    await connected.cut();
    await backend.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  const soon = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 10_000, interval: 5 });

  function open(kind: 'screen' | 'serial', takeOver = false): Reader {
    const reader = new Reader(client);
    readers.push(reader);
    void reader.read(client.consoles.open({ vmId, kind, takeOver }, { signal: reader.stop.signal }));
    return reader;
  }

  const untilStanding = (reader: Reader, state: ConsoleStanding['state']) =>
    soon(() => expect(reader.standing).toBe(state));

  /** The guest's end of the line. */
  function guest(address: string): Duplex {
    const far = hosts.host(address).consoles.get(uuid);
    if (far === undefined) throw new Error('nobody has opened a console there');
    return far;
  }

  it('carries bytes both ways, and closes what was opened', async () => {
    const before = hosts.open;
    const reader = open('serial');
    await untilStanding(reader, 'connected');
    const far = guest(alpha);
    far.write(Buffer.from([0, 0xff, 0x1b, 0x80]));
    await soon(() => expect([...reader.bytes]).toEqual([0, 0xff, 0x1b, 0x80]));
    await reader.type('uptime\r');
    await soon(() => expect(far.read()?.toString()).toBe('uptime\r'));
    reader.stop.abort();
    await soon(() => expect(hosts.open).toBe(before));
    await soon(async () =>
      expect(await reader.type('x').catch(toDroverError)).toMatchObject({ code: 'not-found' }),
    );
  });

  it('sends no more ahead than the reader has room for, and everything in the end', async () => {
    const reader = open('serial');
    reader.acknowledges = false;
    await untilStanding(reader, 'connected');
    const all = Buffer.alloc(consoleWindowBytes * 3, 'abcdefg');
    const far = guest(alpha);
    let taken = false;
    far.write(all, () => {
      taken = true;
    });
    await soon(() => expect(reader.bytes.length).toBe(consoleWindowBytes));
    await client.system.info();
    expect(reader.bytes.length).toBe(consoleWindowBytes);
    reader.acknowledges = true;
    await client.consoles.acknowledge({ consoleId: reader.id, bytes: reader.bytes.length });
    await soon(() => expect(reader.bytes.length).toBe(all.length));
    expect(reader.bytes.equals(all)).toBe(true);
    expect(taken).toBe(true);
  });

  it('lets who types faster than the guest reads wait', async () => {
    const reader = open('serial');
    await untilStanding(reader, 'connected');
    const piece = 'x'.repeat(30_000);
    let sent = 0;
    const typing = (async () => {
      for (; sent < 20; sent += 1) await reader.type(piece);
    })();
    await client.system.info();
    expect(sent).toBeLessThan(20);
    let read = 0;
    guest(alpha).on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    await typing;
    await soon(() => expect(read).toBe(20 * piece.length));
  });

  it('follows its VM to another host; a terminal goes on, and what was meant for an old screen is dropped', async () => {
    const serial = open('serial');
    await untilStanding(serial, 'connected');
    const old = guest(alpha);
    old.write('before ');
    await soon(() => expect(serial.text).toBe('before '));
    hosts.host(beta).put(fakeDomain(uuid, 'web-01'));
    hosts.host(alpha).drop(uuid);
    await soon(() =>
      expect(serial.standings.at(-1)).toEqual({ state: 'connected', hostName: 'beta', movedFrom: 'alpha' }),
    );
    const far = guest(beta);
    far.write('after');
    await soon(() => expect(serial.text).toBe('before after'));
    await serial.type('still here');
    await soon(() => expect(far.read()?.toString()).toBe('still here'));

    const screen = open('screen');
    await untilStanding(screen, 'connected');
    await screen.type('stale', screen.connection - 1);
    await screen.type('fresh');
    await soon(() => expect(guest(beta).read()?.toString()).toBe('fresh'));
  });

  it('waits for a VM that is off, and opens when it runs', async () => {
    hosts.host(alpha).put(fakeDomain(uuid, 'web-01', { state: 'inactive', reason: 'shutdown' }));
    await soon(async () => expect((await client.live.snapshot()).vms[0]?.state).toBe('inactive'));
    const reader = open('screen');
    await soon(() => expect(reader.standings.at(-1)).toEqual({ state: 'off', vmState: 'inactive' }));
    hosts.host(alpha).put(fakeDomain(uuid, 'web-01'));
    await untilStanding(reader, 'connected');
  });

  it('comes back by itself when it broke off, or its host was away', async () => {
    const reader = open('serial');
    await untilStanding(reader, 'connected');
    guest(alpha).destroy();
    await soon(() => expect(reader.connection).toBe(2));
    await untilStanding(reader, 'connected');
    hosts.host(alpha).setLink({
      state: 'unreachable',
      error: { code: 'host-unreachable', message: 'it is gone' },
      retryAt: 0,
    });
    await untilStanding(reader, 'lost');
    hosts.host(alpha).setLink({ state: 'connected' });
    await untilStanding(reader, 'connected');
  });

  it('tells that somebody else has it, and takes it over when asked', async () => {
    const first = open('serial');
    await untilStanding(first, 'connected');
    const second = open('serial');
    await untilStanding(second, 'busy');
    expect(second.standings.at(-1)).toMatchObject({
      error: { code: 'console-busy', message: expect.stringContaining('web-01') },
    });
    second.stop.abort();
    const third = open('serial', true);
    await untilStanding(third, 'connected');
    await untilStanding(first, 'busy');
    third.stop.abort();
    await untilStanding(first, 'connected');
  });

  it('ends with its VM, and says so', async () => {
    const reader = open('serial');
    await untilStanding(reader, 'connected');
    hosts.host(alpha).drop(uuid);
    await soon(() => expect(reader.ended).toMatchObject({ code: 'not-found' }));
    const unknown = await readAll(client, vmIdSchema.parse('lab/nobody')).catch(toDroverError);
    expect(unknown).toMatchObject({ code: 'not-found', message: expect.stringContaining('lab/nobody') });
  });
});

async function readAll(client: DroverClient, vmId: VmId): Promise<number> {
  let count = 0;
  for await (const message of await client.consoles.open({ vmId, kind: 'serial' })) {
    count += message.kind === 'bytes' ? 1 : 0;
  }
  return count;
}
