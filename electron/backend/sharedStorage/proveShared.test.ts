import { describe, expect, it } from 'vitest';
import { DroverError } from '#shared/contract/errors.ts';
import { ManualClock, settled } from '../clock/testing/manualClock.ts';
import type { StorageDriver } from '../drivers/drivers.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { Questions } from '../questions.ts';
import { Unfinished } from '../unfinished.ts';
import { lookFrom, type Marker, proveShared, type Witness } from './proveShared.ts';

const patienceMs = 8_000;
const path = '/srv/shared/web-01.raw';
const file = '/srv/shared/.drover-token-1';

/** Hosts in memory, of which some see one folder. */
class Sharing {
  readonly clock = new ManualClock();
  readonly unfinished = new Unfinished();
  readonly hosts = new FakeHosts();
  /** In the folder that is shared. */
  readonly markers = new Set<string>();

  constructor() {
    this.hosts.clock = this.clock;
  }

  host(name: string) {
    return this.hosts.host(`ssh://root@${name}`);
  }

  witness(name: string, changes: Partial<StorageDriver> = {}): Witness {
    const driver = this.host(name).driver();
    const storage: StorageDriver = {
      ...driver.storage,
      writeMarker: async (_path, token) => void this.markers.add(token),
      hasMarker: async (_path, token) => this.markers.has(token),
      removeMarker: async (_path, token) => {
        // Answers only while it can be reached.
        await driver.connected();
        this.markers.delete(token);
      },
      ...changes,
    };
    return {
      driver: { ...driver, storage },
      questions: new Questions(this.clock, this.unfinished.ending),
    };
  }

  marker(writer: Witness): Marker {
    const { unfinished } = this;
    return { writer, writerName: 'server-a', path, token: 'token-1', patienceMs, unfinished };
  }

  cut(name: string): void {
    const error = { code: 'connection-lost', message: 'cut' } as const;
    this.host(name).setLink({ state: 'unreachable', error, retryAt: 0 });
  }

  heal(name: string): void {
    this.host(name).setLink({ state: 'connected' });
  }

  /** Nothing on a host, nobody who listens, no timer. */
  expectNothingLeft(): void {
    expect([...this.markers]).toEqual([]);
    expect(this.hosts.open).toBe(0);
    expect(this.clock.size).toBe(0);
  }
}

const failing = (cause: string) => () =>
  Promise.reject(new DroverError({ code: 'storage-refused', tried: 'Do it', cause }));

/** A write that comes to its end when the test says so. */
function lateWrite(sharing: Sharing) {
  const ends: { done: () => void; fail: () => void }[] = [];
  const writeMarker: StorageDriver['writeMarker'] = (_path, token) =>
    new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => () => {
        sharing.markers.add(token);
        settle();
      };
      ends.push({ done: end(resolve), fail: end(() => reject(new Error('it broke off'))) });
    });
  return {
    writeMarker,
    done: () => ends.forEach((each) => each.done()),
    fail: () => ends.forEach((each) => each.fail()),
  };
}

describe('whether two hosts see the same folder', () => {
  it('is proven by a marker, which is taken away again', async () => {
    const sharing = new Sharing();
    const marker = sharing.marker(sharing.witness('server-a'));
    expect(await proveShared(marker, sharing.witness('server-b'))).toEqual({ proof: 'shared' });
    const apart = sharing.witness('server-b', { hasMarker: async () => false });
    expect(await proveShared(marker, apart)).toEqual({ proof: 'separate' });
    sharing.expectNothingLeft();
  });

  it('is told of several others, each by itself', async () => {
    const sharing = new Sharing();
    const { seen, left } = await lookFrom(sharing.marker(sharing.witness('server-a')), [
      sharing.witness('server-b', { hasMarker: failing('no rights') }),
      sharing.witness('server-c'),
      sharing.witness('server-d', { hasMarker: async () => false }),
    ]);
    expect(seen).toMatchObject([
      { kind: 'failed', why: expect.stringMatching(/no rights/) },
      { kind: 'told', value: true },
      { kind: 'told', value: false },
    ]);
    expect(left).toBeUndefined();
    sharing.expectNothingLeft();
  });

  it('is not claimed where nobody could look, and the marker is taken away', async () => {
    const sharing = new Sharing();
    const blind = sharing.witness('server-b', { hasMarker: failing('no rights') });
    expect(await proveShared(sharing.marker(sharing.witness('server-a')), blind)).toMatchObject({
      proof: 'unproven',
      cause: expect.stringMatching(/no rights/),
    });
    sharing.expectNothingLeft();
  });

  it('is not claimed where the disk is full, and the empty file is taken away', async () => {
    const sharing = new Sharing();
    const full = sharing.witness('server-a', {
      writeMarker: async (_path, token) => {
        sharing.markers.add(token);
        return await failing('No space left on device')();
      },
    });
    const proof = await proveShared(sharing.marker(full), sharing.witness('server-b'));
    expect(proof).toEqual({ proof: 'unproven', cause: expect.stringMatching(/No space left/) });
    sharing.expectNothingLeft();
  });
});

describe('a marker whose write is late', () => {
  async function askLate(sharing: Sharing) {
    const write = lateWrite(sharing);
    const marker = sharing.marker(sharing.witness('server-a', write));
    const proving = proveShared(marker, sharing.witness('server-b'));
    await settled();
    await sharing.clock.advance(patienceMs);
    expect(await proving).toEqual({
      proof: 'unproven',
      cause: 'There was no answer within 8 s.',
      left: { on: 'server-a', file, late: true },
    });
    return write;
  }

  it.each(['done', 'fail'] as const)('is taken away when the write has come to its end (%s)', async (end) => {
    const sharing = new Sharing();
    const write = await askLate(sharing);
    expect(sharing.clock.size).toBe(0);
    write[end]();
    expect(sharing.markers.size).toBe(1);
    await settled();
    sharing.expectNothingLeft();
  });

  it('is taken away when its host, cut off meanwhile, is back', async () => {
    const sharing = new Sharing();
    const write = await askLate(sharing);
    sharing.cut('server-a');
    write.fail();
    await settled();
    expect(sharing.markers.size).toBe(1);
    sharing.heal('server-a');
    await settled();
    sharing.expectNothingLeft();
  });

  it('is waited for while Drover is stopping', async () => {
    const sharing = new Sharing();
    const write = await askLate(sharing);
    let isOver = false;
    const over = sharing.unfinished.end(sharing.clock, 5_000).then(() => (isOver = true));
    await settled();
    expect(isOver).toBe(false);
    write.done();
    await over;
    sharing.expectNothingLeft();
  });
});

describe('a marker whose host is cut off', () => {
  /** After it was found and before it could be removed. */
  async function askCut(sharing: Sharing) {
    const reader = sharing.witness('server-b', {
      hasMarker: async () => {
        sharing.cut('server-a');
        return true;
      },
    });
    const proof = await proveShared(sharing.marker(sharing.witness('server-a')), reader);
    expect(proof).toEqual({ proof: 'shared', left: { on: 'server-a', file } });
    expect(sharing.markers.size).toBe(1);
  }

  it('is told of, and taken away when the host is back, however often it is cut off again', async () => {
    const sharing = new Sharing();
    await askCut(sharing);
    sharing.heal('server-a');
    sharing.cut('server-a');
    await settled();
    expect(sharing.markers.size).toBe(1);
    sharing.heal('server-a');
    await settled();
    sharing.expectNothingLeft();
  });

  it('keeps Drover neither from stopping nor waiting for ever', async () => {
    const sharing = new Sharing();
    await askCut(sharing);
    await sharing.clock.advance(60 * 60_000);
    await settled();
    expect([sharing.hosts.open, sharing.clock.size]).toEqual([0, 0]);
    sharing.heal('server-a');
    await askCut(sharing);
    await sharing.unfinished.end(sharing.clock, 5_000);
    expect([sharing.hosts.open, sharing.clock.size]).toEqual([0, 0]);
  });
});
