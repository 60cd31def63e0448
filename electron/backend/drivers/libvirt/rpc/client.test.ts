import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { DroverError } from '#shared/contract/errors.ts';
import { ManualClock, settled } from '../../../clock/testing/manualClock.ts';
import { failureOf } from '../../testing/failureOf.ts';
import { RpcClient } from './client.ts';
import { closedHere } from './failures.ts';
import { LibvirtError } from './libvirtError.ts';
import { encodeMessage, keepaliveProcedures, messageTypes, programs } from './messages.ts';
import { connectGetHostname, connectGetLibVersion } from './procedures/connection.ts';
import { domainGetState, domainLookupByName } from './procedures/domains.ts';
import { FakeLibvirtd, messageHeader, Refusal } from './testing/fakeLibvirtd.ts';
import { startClient } from './testing/startClient.ts';

const dom = { name: 'web', uuid: '5f3c2a10-9d1e-4b8a-8c6f-000000000001', id: 7 };

function start(change: { readonly maxConcurrentCalls?: number } = {}) {
  const opened = startClient(change);
  started.push(opened.client);
  return opened;
}

const started: RpcClient[] = [];
afterEach(() => {
  for (const client of started.splice(0)) client.fail(closedHere('alpha'));
});

describe('calls', () => {
  it('get their own answers, whatever the order', async () => {
    const { host, client } = start();
    const names = ['a', 'b', 'c'].map((name) => client.call(domainLookupByName, { name }));
    await settled();
    const calls = host.of(domainLookupByName);
    expect(calls.map(({ header }) => header.serial)).toEqual([1, 2, 3]);
    for (const index of [2, 0, 1]) {
      const call = calls[index];
      if (call) host.reply(call, domainLookupByName, { dom: { ...dom, id: index } });
    }
    expect((await Promise.all(names)).map((one) => one.dom.id)).toEqual([0, 1, 2]);
  });

  it('that libvirt refuses carry its code, domain, level and text', async () => {
    const { host, client } = start();
    host.on(domainLookupByName, () => {
      throw new Refusal(42, "Domain not found: no domain with matching name 'web'");
    });
    const error = await failureOf(client.call(domainLookupByName, { name: 'web' }));
    expect(error).toBeInstanceOf(LibvirtError);
    expect(error).toMatchObject({
      code: 'not-found',
      message:
        "Ask libvirt on alpha (domain_lookup_by_name): libvirt answered: Domain not found: no domain with matching name 'web'.",
      libvirt: { code: 42, domain: 10, level: 2, procedure: 'domain_lookup_by_name' },
    });
  });

  it('that an older libvirt does not know are "not supported"', async () => {
    const { host, client } = start();
    host.on(connectGetLibVersion, () => {
      throw new Refusal(39, 'unknown procedure: 157', 7);
    });
    expect(await failureOf(client.call(connectGetLibVersion, undefined))).toMatchObject({
      libvirt: { code: 3 },
    });
  });

  it('with arguments that cannot be sent fail alone', async () => {
    const { host, client } = start();
    host.on(connectGetHostname, () => ({ hostname: 'alpha' }));
    const error = await failureOf(client.call(domainLookupByName, { name: 'web\0' }));
    expect(error).toMatchObject({ code: 'input-unusable' });
    expect(error.message).toContain('NUL');
    expect(await client.call(connectGetHostname, undefined)).toEqual({ hostname: 'alpha' });
  });

  it('past their deadline name procedure and deadline; a late answer is let go', async () => {
    const { host, clock, client } = start();
    const failed = failureOf(client.call(domainGetState, { dom }, { deadlineMs: 500 }));
    await clock.advance(500);
    const error = await failed;
    expect(error).toMatchObject({
      code: 'timed-out',
      details: { procedure: 'domain_get_state', sent: true },
    });
    expect(error.message).toContain('no answer within 500 ms');
    const [late] = host.of(domainGetState);
    if (late) host.reply(late, domainGetState, { state: 1, reason: 1 });
    await settled();
    expect(client.closeReason).toBeUndefined();
    expect(clock.size).toBe(0);
  });

  it('end with their signal, before or after they are sent', async () => {
    const { host, client } = start();
    const abort = new AbortController();
    const failed = failureOf(client.call(domainGetState, { dom }, { signal: abort.signal }));
    await settled();
    abort.abort();
    expect(await failed).toMatchObject({ code: 'cancelled', details: { sent: true } });
    const again = await failureOf(client.call(domainGetState, { dom }, { signal: abort.signal }));
    expect(again).toMatchObject({ code: 'cancelled', details: { sent: false } });
    expect(host.of(domainGetState)).toHaveLength(1);
  });

  it('beyond the number that a host serves at a time wait in order; urgent ones go past', async () => {
    const { host, clock, client } = start({ maxConcurrentCalls: 2 });
    const states = [1, 2, 3, 4].map((id) => client.call(domainGetState, { dom: { ...dom, id } }));
    const urgent = client.call(connectGetHostname, undefined, { urgent: true });
    const waiting = failureOf(client.call(connectGetLibVersion, undefined, { deadlineMs: 5 }));
    await settled();
    expect(host.received.map(({ header }) => header.procedure)).toEqual([212, 212, 59]);
    await clock.advance(5);
    expect((await waiting).message).toContain('was not sent');
    host.on(domainGetState, () => ({ state: 1, reason: 0 }));
    for (const call of host.of(domainGetState)) host.reply(call, domainGetState, { state: 1, reason: 0 });
    const [hostname] = host.of(connectGetHostname);
    if (hostname) host.reply(hostname, connectGetHostname, { hostname: 'alpha' });
    await Promise.all([...states, urgent]);
    expect(host.of(domainGetState)).toHaveLength(4);
    expect(host.of(connectGetLibVersion)).toHaveLength(0);
  });
});

describe('a connection that ends', () => {
  it('fails every open call, naming what was cut and what is not known, and leaves nothing behind', async () => {
    const { host, clock, client } = start({ maxConcurrentCalls: 1 });
    const baseline = new FakeLibvirtd().transport;
    client.startKeepalive({ intervalMs: 1000, count: 2 });
    const { signal } = new AbortController();
    const sent = failureOf(client.call(domainGetState, { dom }, { signal }));
    const waiting = failureOf(client.call(connectGetHostname, undefined));
    const closed: DroverError[] = [];
    client.onClose((reason) => closed.push(reason));
    await settled();
    host.hangUp();
    await settled();

    expect(await sent).toMatchObject({ code: 'connection-lost', details: { sent: true } });
    expect((await sent).message).toMatch(/domain_get_state.*Whether the host carried it out is not known/);
    expect((await waiting).message).toMatch(/connect_get_hostname.*It was not sent/);
    expect(closed).toEqual([client.closeReason]);
    expect(client.closeReason?.message).toContain('the other side closed it');
    client.onClose((reason) => closed.push(reason));
    await settled();
    expect(closed).toHaveLength(2);

    expect(clock.size).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(host.transport.destroyed).toBe(true);
    for (const event of ['data', 'end', 'close', 'error', 'drain']) {
      expect(host.transport.listenerCount(event), event).toBe(baseline.listenerCount(event));
    }
    expect(await failureOf(client.call(connectGetHostname, undefined))).toMatchObject({
      code: 'connection-lost',
    });
  });

  it('in the middle of a message, or by an error, says so', async () => {
    const first = start();
    first.host.send(Buffer.from('000000', 'hex'));
    await settled();
    first.host.hangUp();
    await settled();
    expect(first.client.closeReason?.message).toContain('in the middle of a message');

    const second = start();
    second.host.transport.destroy(new Error('ECONNRESET'));
    await settled();
    expect(second.client.closeReason).toMatchObject({ code: 'connection-lost' });
    expect(second.client.closeReason?.message).toContain('ECONNRESET');
  });

  it('was over before it began', async () => {
    const host = new FakeLibvirtd();
    host.transport.destroy();
    const client = new RpcClient(host.transport, {
      host: 'alpha',
      clock: new ManualClock(),
      deadlineMs: 1000,
      maxConcurrentCalls: 4,
    });
    expect(await failureOf(client.call(connectGetHostname, undefined))).toMatchObject({
      code: 'connection-lost',
    });
  });
});

describe('what is not the protocol closes the channel', () => {
  const hugeLength = Buffer.alloc(32);
  hugeLength.writeUInt32BE(0x7fff_ffff);
  const reply =
    (payload = '') =>
    (serial: number) =>
      encodeMessage(messageHeader({ procedure: 59, serial }), (writer) =>
        writer.fixed(Buffer.from(payload, 'hex')),
      );
  const header = (fields: Parameters<typeof messageHeader>[0]) => (serial: number) =>
    encodeMessage(messageHeader({ procedure: 59, serial, ...fields }));

  it.each([
    [
      'text instead of frames',
      () => Buffer.from('bash: nc: command not found\n'),
      'it says "bash: nc: command',
    ],
    ['a length above the limit', () => hugeLength, 'length of 2147483647'],
    ['an unknown program', header({ program: 0x1234 }), 'a program that libvirt does not have'],
    ['an unknown version', header({ version: 2 }), 'version 2'],
    ['a type that hosts do not send', header({ type: messageTypes.call }), 'a type of message'],
    ['an unknown type', header({ type: 99 }), 'a type of message'],
    ['an unknown status', header({ status: 7 }), 'status 7'],
    ['an answer to no call', header({ serial: 77 }), 'a call that was not made'],
    ['an answer to another procedure', header({ procedure: 60 }), 'a reply to another call'],
    ['an answer that is cut short', reply('00000005'), 'connect_get_hostname: string of length 5'],
    ['an answer with bytes left over', reply('000000016100000000000000'), '4 bytes left over'],
    ['an answer above its limits', reply('7fffffff'), 'at most 4194304'],
    [
      'an unknown keepalive',
      header({ program: programs.keepalive, type: messageTypes.message, procedure: 9 }),
      'an unknown keepalive',
    ],
  ])('%s', async (_, bytes, cause) => {
    const { host, client, clock } = start();
    const failed = failureOf(client.call(connectGetHostname, undefined));
    await settled();
    host.send(bytes(1));
    await settled();
    const error = await failed;
    expect(error.code).toBe('protocol-broken');
    expect(client.closeReason).toMatchObject({ code: 'protocol-broken' });
    expect(client.closeReason?.message).toContain(cause);
    expect(host.transport.destroyed).toBe(true);
    expect(clock.size).toBe(0);
  });
});

describe('keepalive', () => {
  const ping = messageHeader({
    program: programs.keepalive,
    procedure: keepaliveProcedures.ping,
    type: messageTypes.message,
  });
  const keepalives = (host: FakeLibvirtd) =>
    host.received
      .filter(({ header }) => header.program === programs.keepalive)
      .map(({ header }) => header.procedure);

  it('of the host is answered', async () => {
    const { host } = start();
    host.send(encodeMessage(ping));
    await settled();
    expect(keepalives(host)).toEqual([keepaliveProcedures.pong]);
  });

  it('is sent in silence, and ends a connection that stays silent', async () => {
    const { host, clock, client } = start();
    client.startKeepalive({ intervalMs: 1000, count: 2 });
    await clock.advance(1000);
    expect(keepalives(host)).toEqual([keepaliveProcedures.ping]);
    host.send(encodeMessage({ ...ping, procedure: keepaliveProcedures.pong }));
    await settled();
    await clock.advance(2000);
    expect(keepalives(host)).toHaveLength(3);
    expect(client.closeReason).toBeUndefined();
    await clock.advance(1000);
    expect(client.closeReason).toMatchObject({ code: 'connection-lost' });
    expect(client.closeReason?.message).toContain('none of 2 keepalives');
    expect(clock.size).toBe(0);
  });

  it('counts part of a long message as a word', async () => {
    const { host, clock, client } = start();
    client.startKeepalive({ intervalMs: 1000, count: 1 });
    const long = encodeMessage(ping, (writer) => writer.fixed(Buffer.alloc(60)));
    for (const byte of long.subarray(0, 20)) {
      host.send(Buffer.of(byte));
      await settled();
      await clock.advance(900);
    }
    expect(client.closeReason).toBeUndefined();
    expect(keepalives(host)).toEqual([]);
  });

  it('is not sent while the host speaks', async () => {
    const { host, clock, client } = start();
    client.startKeepalive({ intervalMs: 1000, count: 2 });
    for (let second = 0; second < 10; second++) {
      host.send(encodeMessage(ping));
      await settled();
      await clock.advance(900);
    }
    expect(keepalives(host)).not.toContain(keepaliveProcedures.ping);
  });
});
