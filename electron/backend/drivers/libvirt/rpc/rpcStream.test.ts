import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { settled } from '../../../clock/testing/manualClock.ts';
import { failureOf } from '../../testing/failureOf.ts';
import type { RpcClient } from './client.ts';
import { closedHere } from './failures.ts';
import { LibvirtError } from './libvirtError.ts';
import {
  encodeMessage,
  maximumStreamPayloadBytes,
  messageStatuses,
  messageTypes,
  streamHole,
} from './messages.ts';
import type { StreamProcedure } from './procedure.ts';
import { connectGetHostname } from './procedures/connection.ts';
import { domainOpenConsole, domainScreenshot } from './procedures/devices.ts';
import { storageVolDownload, storageVolUpload } from './procedures/storage.ts';
import { type FakeLibvirtd, type Received, Refusal } from './testing/fakeLibvirtd.ts';
import { startClient } from './testing/startClient.ts';

const vol = { pool: 'images', name: 'web.qcow2', key: '/images/web.qcow2' };
const range = { vol, offset: 0n, length: 0n };
const dom = { name: 'web', uuid: '5f3c2a10-9d1e-4b8a-8c6f-000000000001', id: 7 };

const clients: RpcClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.fail(closedHere('alpha'));
});

function start() {
  const { host, clock, client } = startClient();
  clients.push(client);
  host.on(storageVolDownload, () => undefined);
  host.on(storageVolUpload, () => undefined);
  host.on(domainOpenConsole, () => undefined);
  host.on(domainScreenshot, () => ({ mime: 'image/png' }));
  return { host, clock, client };
}

function theCall<A, R>(host: FakeLibvirtd, procedure: StreamProcedure<A, R>): Received {
  const call = host.of(procedure).find(({ header }) => header.type === messageTypes.call);
  if (call === undefined) throw new Error(`No call of ${procedure.name} came in.`);
  return call;
}

/** Status and size of the stream messages that came in. */
function streamed<A, R>(
  host: FakeLibvirtd,
  procedure: StreamProcedure<A, R>,
): readonly (readonly [number, number])[] {
  return host
    .of(procedure)
    .filter(({ header }) => header.type !== messageTypes.call)
    .map(({ header, payload }) => [header.status, payload.length]);
}

const { ok, error, continue: more } = messageStatuses;

describe('reading a stream', () => {
  it('gives the data, and ends once the host has confirmed the finish', async () => {
    const { host, client, clock } = start();
    const { reply, stream } = await client.openStream(domainScreenshot, { dom, screen: 0 });
    expect(reply).toEqual({ mime: 'image/png' });
    const call = theCall(host, domainScreenshot);
    host.data(call, Buffer.from('first '));
    host.data(call, Buffer.from('second'));
    host.data(call, Buffer.alloc(0));
    await settled();
    expect(streamed(host, domainScreenshot)).toEqual([[ok, 0]]);
    let ended = false;
    stream.on('end', () => {
      ended = true;
    });
    const reading = stream.toArray();
    await settled();
    expect(ended).toBe(false);
    host.confirm(call);
    expect(Buffer.concat(await reading).toString()).toBe('first second');
    await finished(stream);
    expect(clock.size).toBe(0);
    expect(streamed(host, domainScreenshot)).toHaveLength(1);
  });

  it('keeps data that came in the same chunk as the answer', async () => {
    const { host, client } = start();
    host.off(storageVolDownload);
    const opening = client.openStream(storageVolDownload, range);
    await settled();
    const call = theCall(host, storageVolDownload);
    host.reply(call, storageVolDownload, undefined);
    host.data(call, Buffer.from('early'));
    host.data(call, Buffer.alloc(0));
    host.confirm(call);
    const { stream } = await opening;
    expect(Buffer.concat(await stream.toArray()).toString()).toBe('early');
  });

  it("ends with the host's error, in its words", async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(storageVolDownload, range);
    const call = theCall(host, storageVolDownload);
    host.data(call, Buffer.from('half'));
    host.refuse(
      { ...call, header: { ...call.header, type: messageTypes.stream } },
      new Refusal(38, 'disk is on fire'),
    );
    const failure = await failureOf(stream.toArray());
    expect(failure).toBeInstanceOf(LibvirtError);
    expect(failure.message).toContain('storage_vol_download');
    expect(failure.message).toContain('disk is on fire');
    await settled();
    expect(streamed(host, storageVolDownload)).toEqual([]);
  });

  it('that is given up is aborted on the host; what is still under way is dropped', async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(storageVolDownload, range);
    const call = theCall(host, storageVolDownload);
    host.data(call, Buffer.from('first'));
    for await (const _chunk of stream) break;
    await settled();
    expect(streamed(host, storageVolDownload)).toEqual([[error, 0]]);
    host.data(call, Buffer.from('late'));
    host.confirm(call);
    host.data(call, Buffer.from('later'));
    host.on(connectGetHostname, () => ({ hostname: 'alpha' }));
    expect(await client.call(connectGetHostname, undefined)).toEqual({ hostname: 'alpha' });
  });

  it('slowly holds the host back, and lets go with the stream', async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(storageVolDownload, range);
    const call = theCall(host, storageVolDownload);
    for (let piece = 0; piece < 200; piece++) host.data(call, Buffer.alloc(100_000));
    await settled();
    expect(host.transport.isPaused()).toBe(true);
    expect(stream.readableLength).toBeLessThan(2_000_000);
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await settled();
    await expect.poll(() => bytes).toBe(20_000_000);
    stream.pause();
    for (let piece = 0; piece < 20; piece++) host.data(call, Buffer.alloc(100_000));
    await settled();
    expect(host.transport.isPaused()).toBe(true);
    stream.destroy();
    await settled();
    expect(host.transport.isPaused()).toBe(false);
  });

  it('that nobody waits for any more is aborted as soon as the host opens it', async () => {
    const { host, client } = start();
    host.off(storageVolDownload);
    const abort = new AbortController();
    const failed = failureOf(client.openStream(storageVolDownload, range, { signal: abort.signal }));
    await settled();
    abort.abort();
    expect((await failed).code).toBe('cancelled');
    host.reply(theCall(host, storageVolDownload), storageVolDownload, undefined);
    await settled();
    expect(streamed(host, storageVolDownload)).toEqual([[error, 0]]);
  });

  it('fails when its connection is cut', async () => {
    const { host, client, clock } = start();
    const { stream } = await client.openStream(storageVolDownload, range);
    const failed = failureOf(stream.toArray());
    host.hangUp();
    expect(await failed).toMatchObject({
      code: 'connection-lost',
      details: { procedure: 'storage_vol_download' },
    });
    expect(clock.size).toBe(0);
  });
});

describe('writing a stream', () => {
  it('sends pieces that every libvirt takes, and finishes once the host confirms', async () => {
    const { host, client, clock } = start();
    const { stream } = await client.openStream(storageVolUpload, range);
    const writing = pipeline(
      Readable.from([Buffer.alloc(600_000, 1), Buffer.alloc(0), Buffer.alloc(10, 2)]),
      stream,
    );
    await settled();
    const last = 600_000 - 2 * maximumStreamPayloadBytes;
    expect(streamed(host, storageVolUpload)).toEqual([
      [more, maximumStreamPayloadBytes],
      [more, maximumStreamPayloadBytes],
      [more, last],
      [more, 10],
      [ok, 0],
    ]);
    expect(stream.writableFinished).toBe(false);
    host.confirm(theCall(host, storageVolUpload));
    await writing;
    expect(clock.size).toBe(0);
  });

  it("fails with the host's error at the finish", async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(storageVolUpload, range);
    const writing = failureOf(pipeline(Readable.from([Buffer.alloc(10)]), stream));
    await settled();
    const call = theCall(host, storageVolUpload);
    host.refuse(
      { ...call, header: { ...call.header, type: messageTypes.stream } },
      new Refusal(38, 'no space left'),
    );
    expect((await writing).message).toContain('no space left');
  });

  it('whose end the host never confirms fails at its deadline', async () => {
    const { client, clock } = start();
    const { stream } = await client.openStream(storageVolUpload, range, { confirmDeadlineMs: 3000 });
    const writing = failureOf(pipeline(Readable.from([Buffer.alloc(10)]), stream));
    await settled();
    await clock.advance(3000);
    expect(await writing).toMatchObject({ code: 'timed-out', details: { procedure: 'storage_vol_upload' } });
    expect(clock.size).toBe(0);
  });

  it('that is destroyed is aborted on the host', async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(storageVolUpload, range);
    stream.write(Buffer.from('some'));
    stream.destroy();
    await settled();
    expect(streamed(host, storageVolUpload)).toEqual([
      [more, 4],
      [error, 0],
    ]);
  });
});

describe('a console', () => {
  it('goes both ways and ends when the host ends it', async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(domainOpenConsole, { dom });
    const call = theCall(host, domainOpenConsole);
    stream.write('ls\r');
    host.data(call, Buffer.from('bin etc\r\n'));
    const reading = stream.toArray();
    await settled();
    host.data(call, Buffer.alloc(0));
    await settled();
    host.confirm(call);
    expect(Buffer.concat(await reading).toString()).toBe('bin etc\r\n');
    await finished(stream);
    expect(streamed(host, domainOpenConsole)).toEqual([
      [more, 3],
      [ok, 0],
    ]);
  });

  it('ends when we end it', async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(domainOpenConsole, { dom });
    stream.end('exit\r');
    const reading = stream.toArray();
    await settled();
    host.confirm(theCall(host, domainOpenConsole));
    expect(await reading).toEqual([]);
    await finished(stream);
  });
});

describe('holes', () => {
  it('travel as their length alone where the stream is sparse', async () => {
    const { host, client } = start();
    const { stream } = await client.openStream(storageVolDownload, { ...range, flags: 1 }, { sparse: true });
    const call = theCall(host, storageVolDownload);
    const holeBytes = 1n << 40n;
    host.send(
      encodeMessage({ ...call.header, type: messageTypes.streamHole, status: more }, (writer) =>
        streamHole.write(writer, { length: holeBytes }),
      ),
    );
    host.data(call, Buffer.from('data'));
    host.data(call, Buffer.alloc(0));
    host.confirm(call);
    expect(await stream.toArray()).toEqual([{ holeBytes }, Buffer.from('data')]);

    const up = await client.openStream(storageVolUpload, { ...range, flags: 1 }, { sparse: true });
    up.stream.write({ holeBytes });
    up.stream.write(Buffer.from('data'));
    await settled();
    const types = host.of(storageVolUpload).map(({ header }) => header.type);
    expect(types).toEqual([messageTypes.call, messageTypes.streamHole, messageTypes.stream]);
  });

  it.each([
    ['a hole that was not asked for', messageTypes.streamHole, more],
    ['an end that was not asked for', messageTypes.stream, ok],
    ['an unknown status', messageTypes.stream, 9],
  ])('break the protocol as %s', async (_, type, status) => {
    const { host, client } = start();
    const { stream } = await client.openStream(storageVolDownload, range);
    const failed = failureOf(stream.toArray());
    const call = theCall(host, storageVolDownload);
    host.send(
      encodeMessage({ ...call.header, type, status }, (writer) => streamHole.write(writer, { length: 5n })),
    );
    expect((await failed).code).toBe('protocol-broken');
    expect(client.closeReason?.code).toBe('protocol-broken');
  });

  it('and data break the protocol on a stream that only takes data', async () => {
    const { host, client } = start();
    await client.openStream(storageVolUpload, range);
    host.data(theCall(host, storageVolUpload), Buffer.from('?'));
    await settled();
    expect(client.closeReason?.message).toContain('storage_vol_upload');
  });
});
