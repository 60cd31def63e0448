import { describe, expect, it } from 'vitest';
import { ManualClock, settled } from '../../../clock/testing/manualClock.ts';
import { failureOf } from '../../testing/failureOf.ts';
import { type LibvirtConnection, openConnection } from './connection.ts';
import { features } from './constants.ts';
import {
  authPolkit,
  connectClose,
  connectGetHostname,
  connectOpen,
  connectSupportsFeature,
} from './procedures/connection.ts';
import {
  connectDomainEventCallbackDeregisterAny,
  connectDomainEventCallbackRegisterAny,
} from './procedures/eventRegistration.ts';
import { domainEvents } from './procedures/events.ts';
import { domainRef } from './references.ts';
import { argumentsOf, FakeLibvirtd, Refusal } from './testing/fakeLibvirtd.ts';
import * as codec from './xdr/codec.ts';

async function open(host: FakeLibvirtd, clock = new ManualClock()): Promise<LibvirtConnection> {
  return openConnection(host.transport, { host: 'alpha', uri: 'test:///default', clock });
}

describe('opening', () => {
  it('authenticates, negotiates keepalive and opens the driver', async () => {
    const host = FakeLibvirtd.welcoming();
    const clock = new ManualClock();
    const connection = await open(host, clock);
    expect(host.received.map(({ header }) => header.procedure)).toEqual([66, 60, 1]);
    const [call] = host.of(connectOpen);
    expect(call && argumentsOf(connectOpen, call)).toEqual({ name: 'test:///default', flags: 0 });
    expect(clock.size).toBe(1);
    await connection.close();
    expect(host.of(connectClose)).toHaveLength(1);
    expect(clock.size).toBe(0);
  });

  it('sends no keepalive to a host without it', async () => {
    const clock = new ManualClock();
    const connection = await open(FakeLibvirtd.welcoming([0], false), clock);
    expect(clock.size).toBe(0);
    await connection.close();
  });

  it('passes polkit', async () => {
    const host = FakeLibvirtd.welcoming([2]);
    host.on(authPolkit, () => ({ complete: 1 }));
    await (await open(host)).close();
  });

  it('says what polkit said, and what to do', async () => {
    const host = FakeLibvirtd.welcoming([2]);
    host.on(authPolkit, () => {
      throw new Refusal(45, 'authentication failed: access denied by policy');
    });
    const error = await failureOf(open(host));
    expect(error.code).toBe('libvirt-no-rights');
    expect(error.message).toMatch(/Log in to libvirt on alpha.*access denied by policy.*group 'libvirt'/);
    expect(host.transport.destroyed).toBe(true);
  });

  it.each([
    ['SASL', [1]],
    ['authentication type 9', [9]],
    ['a way in that it does not name', []],
  ])('names what else a host demands: %s', async (name, types) => {
    const error = await failureOf(open(FakeLibvirtd.welcoming(types)));
    expect(error).toMatchObject({ code: 'libvirt-no-rights', details: { demanded: name } });
    expect(error.message).toContain('libvirtd.conf');
  });

  it('has one deadline for all of its steps', async () => {
    const host = FakeLibvirtd.welcoming();
    host.off(connectOpen);
    const clock = new ManualClock();
    const failed = failureOf(open(host, clock));
    await settled();
    await clock.advance(10_000);
    expect(await failed).toMatchObject({ code: 'timed-out', details: { procedure: 'connect_open' } });
    expect(host.transport.destroyed).toBe(true);
    expect(clock.size).toBe(0);
  });

  it('ends with its signal, and with a host that hangs up', async () => {
    const abort = new AbortController();
    const host = new FakeLibvirtd();
    const failed = failureOf(
      openConnection(host.transport, { host: 'alpha', clock: new ManualClock(), signal: abort.signal }),
    );
    await settled();
    abort.abort();
    expect((await failed).code).toBe('cancelled');
    expect(host.transport.destroyed).toBe(true);

    const other = new FakeLibvirtd();
    const cut = failureOf(open(other));
    other.hangUp();
    expect((await cut).code).toBe('connection-lost');
  });

  it('asks for a feature once', async () => {
    const host = FakeLibvirtd.welcoming();
    const connection = await open(host);
    expect(await connection.supports(features.migrationParams)).toBe(false);
    expect(await connection.supports(features.migrationParams)).toBe(false);
    expect(await connection.supports(features.programKeepalive)).toBe(true);
    expect(host.of(connectSupportsFeature)).toHaveLength(2);
    await connection.close();
  });

  it('can be closed twice, and with a host that no longer answers', async () => {
    const host = FakeLibvirtd.welcoming();
    const clock = new ManualClock();
    const connection = await open(host, clock);
    host.off(connectClose);
    const hanging = failureOf(connection.call(connectGetHostname));
    const closing = Promise.all([connection.close(), connection.close()]);
    await settled();
    await clock.advance(2000);
    await closing;
    expect((await hanging).message).toContain('Drover closed this connection');
    expect(clock.size).toBe(0);
  });
});

describe('events', () => {
  const dom = { name: 'web', uuid: '5f3c2a10-9d1e-4b8a-8c6f-000000000001', id: 7 };
  const body = codec.struct({
    callbackID: codec.int,
    msg: codec.struct({ dom: domainRef, event: codec.int, detail: codec.int }),
  });

  function withEvents(): FakeLibvirtd {
    const host = FakeLibvirtd.welcoming();
    let last = 0;
    host.on(connectDomainEventCallbackRegisterAny, () => ({ callbackID: ++last }));
    host.on(connectDomainEventCallbackDeregisterAny, () => undefined);
    return host;
  }
  const lifecycle = (host: FakeLibvirtd, callbackID: number, event: number) =>
    host.tell(domainEvents.lifecycle, body, { callbackID, msg: { dom, event, detail: 0 } });

  it('reach whoever registered for them, until they end it', async () => {
    const host = withEvents();
    const connection = await open(host);
    const first: number[] = [];
    const second: number[] = [];
    const end = await connection.subscribe(domainEvents.lifecycle, ({ event }) => first.push(event));
    await connection.subscribe(domainEvents.lifecycle, ({ event }) => second.push(event), { about: dom });
    const [, about] = host.of(connectDomainEventCallbackRegisterAny);
    expect(about && argumentsOf(connectDomainEventCallbackRegisterAny, about)).toEqual({ eventID: 0, dom });
    lifecycle(host, 1, 2);
    lifecycle(host, 2, 3);
    lifecycle(host, 99, 4);
    await settled();
    const ended = end();
    lifecycle(host, 1, 5);
    await ended;
    await end();
    await settled();
    expect(first).toEqual([2]);
    expect(second).toEqual([3]);
    expect(host.of(connectDomainEventCallbackDeregisterAny)).toHaveLength(1);
    await connection.close();
    await end();
  });

  it('that come before the answer to the registration are not lost', async () => {
    const host = withEvents();
    host.off(connectDomainEventCallbackRegisterAny);
    const connection = await open(host);
    const seen: number[] = [];
    const subscribing = connection.subscribe(domainEvents.lifecycle, ({ event }) => seen.push(event));
    await settled();
    lifecycle(host, 5, 2);
    lifecycle(host, 6, 3);
    const [call] = host.of(connectDomainEventCallbackRegisterAny);
    if (call) host.reply(call, connectDomainEventCallbackRegisterAny, { callbackID: 5 });
    lifecycle(host, 5, 4);
    await subscribing;
    expect(seen).toEqual([2, 4]);
    await connection.close();
  });

  it('of a registration that answered too late are taken back', async () => {
    const host = withEvents();
    host.off(connectDomainEventCallbackRegisterAny);
    const clock = new ManualClock();
    const connection = await open(host, clock);
    const failed = failureOf(connection.subscribe(domainEvents.reboot, () => undefined, { deadlineMs: 10 }));
    await settled();
    await clock.advance(10);
    expect((await failed).code).toBe('timed-out');
    const [call] = host.of(connectDomainEventCallbackRegisterAny);
    if (call) host.reply(call, connectDomainEventCallbackRegisterAny, { callbackID: 5 });
    await settled();
    expect(host.of(connectDomainEventCallbackDeregisterAny)).toHaveLength(1);
    await connection.close();
  });

  it('that cannot be read close the channel', async () => {
    const host = withEvents();
    const connection = await open(host);
    await connection.subscribe(domainEvents.lifecycle, () => undefined);
    host.tell(domainEvents.lifecycle, codec.int, 1);
    await settled();
    expect(connection.closeReason).toMatchObject({ code: 'protocol-broken' });
  });
});
