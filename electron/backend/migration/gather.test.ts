import { describe, expect, it } from 'vitest';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { ManualClock, settled } from '../clock/testing/manualClock.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { ReachResult } from '../drivers/migration.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { Unfinished } from '../unfinished.ts';
import { type Ends, gatherMigrationFacts } from './gather.ts';

const here = someHost('server-a');
const there = someHost('server-b');
const hosts = new FakeHosts();

function driver(
  name: string,
  addresses: readonly string[],
  reach: (address: string) => ReachResult,
): HostDriver {
  const made = hosts.host(`ssh://root@${name}`).driver();
  return {
    ...made,
    addresses: async () => addresses,
    migration: { ...made.migration, canReach: async (address) => reach(address) },
  };
}

const clock = new ManualClock();
const unfinished = new Unfinished();

function gatherFacts(ends: Ends, vm = someVm('web-01', here), claimedPaths: readonly string[] = []) {
  return gatherMigrationFacts({ vm, from: here, to: there, ends, claimedPaths, clock, unfinished });
}

function gather(ours: readonly string[], theirs: readonly string[], reach: (address: string) => ReachResult) {
  const source = driver('server-a', ours, reach);
  const destination = driver('server-b', theirs, () => ({ reachable: false, cause: 'not asked' }));
  return gatherFacts({ source, destination });
}

/** "Refused" by the very host that asks. */
const refusedHere: ReachResult = { reachable: true, how: 'closed' };
const noAnswer: ReachResult = { reachable: false, cause: 'no answer' };

describe('markers beside disks', () => {
  const path = '/pool/web-01.qcow2';
  const disk = { target: 'vda', source: path, device: 'disk', format: 'qcow2', cache: 'none' } as const;
  const vm = someVm('web-01', here, {
    disks: [{ ...disk, readOnly: false, shareable: false, backingChain: [] }],
  });

  /** Both hosts see one pool; what is done to its markers is told in order. */
  function sharing(changes: Partial<HostDriver['storage']> = {}) {
    const asked: string[] = [];
    const markers = new Set<string>();
    const plain = driver('server-a', ['10.0.0.1'], () => refusedHere);
    const storage: HostDriver['storage'] = {
      ...plain.storage,
      inspect: async () => ({ format: 'qcow2', virtualBytes: 9, usedBytes: 5, kind: 'file' }),
      writeMarker: async (path, token) => {
        asked.push(`write ${path}`);
        markers.add(token);
      },
      hasMarker: async (_path, token) => markers.has(token),
      removeMarker: async (path, token) => {
        asked.push(`remove ${path}`);
        markers.delete(token);
      },
      ...changes,
    };
    const source = { ...plain, clock, storage };
    const destination = { ...driver('server-b', ['10.0.0.2'], () => refusedHere), clock, storage };
    return { ends: { source, destination }, asked, markers };
  }

  it('prove that a disk is shared, and are taken away', async () => {
    const { ends, asked, markers } = sharing();
    const { disks, markersLeft } = await gatherFacts(ends, vm);
    expect(disks.map(({ atDestination }) => atDestination)).toEqual(['shared']);
    expect(asked).toEqual([`write ${path}`, `remove ${path}`]);
    expect([markers.size, markersLeft.length, clock.size]).toEqual([0, 0, 0]);
  });

  it('have each a name of their own: their folders may be links into each other', async () => {
    const tokens: string[] = [];
    const { ends } = sharing({ writeMarker: async (_path, token) => void tokens.push(token) });
    const [one] = vm.disks;
    if (one === undefined) throw new Error('no disk');
    await gatherFacts(ends, { ...vm, disks: [one, { ...one, target: 'vdb', source: '/link/b.qcow2' }] });
    expect(new Set(tokens).size).toBe(2);
  });

  it('are taken away where writing one broke off; the disk does not count as shared, and why is told', async () => {
    const asked: string[] = [];
    const { ends } = sharing({
      writeMarker: async (path) => {
        asked.push(`write ${path}`);
        throw new Error('no answer in time');
      },
      removeMarker: async (path) => void asked.push(`remove ${path}`),
    });
    const { disks } = await gatherFacts(ends, vm);
    expect(disks).toMatchObject([
      { atDestination: 'different', unproven: expect.stringMatching(/no answer in time/) },
    ]);
    expect(asked).toEqual([`write ${path}`, `remove ${path}`]);
  });

  it('that are written late are told of, and taken away when the write has come to its end', async () => {
    let finish: () => void = () => undefined;
    const { ends, asked, markers } = sharing({
      writeMarker: (_path, token) =>
        new Promise<void>((resolve) => {
          finish = () => {
            markers.add(token);
            resolve();
          };
        }),
    });
    const gathered = gatherFacts(ends, vm);
    await settled();
    await clock.advance(60_000);
    const { disks, markersLeft } = await gathered;
    expect(disks).toMatchObject([
      { atDestination: 'different', unproven: 'There was no answer within 60 s.' },
    ]);
    expect(markersLeft).toMatchObject([
      { on: 'server-a', file: expect.stringMatching(/^\/pool\/\.drover-/), late: true },
    ]);
    expect(asked).toEqual([]);
    finish();
    expect(markers.size).toBe(1);
    await settled();
    expect([markers.size, clock.size]).toEqual([0, 0]);
  });
});

describe('what other tasks were promised room for', () => {
  it('is told with what it takes already; what cannot be read takes nothing yet', async () => {
    const source = driver('server-a', ['10.0.0.1'], () => refusedHere);
    const plain = driver('server-b', ['10.0.0.2'], () => refusedHere);
    const inspect: HostDriver['storage']['inspect'] = async (path) => {
      if (path === '/pool/begun.qcow2') throw new Error('it is being made');
      return { format: 'qcow2', virtualBytes: 9, usedBytes: 5, kind: 'file' };
    };
    const destination = { ...plain, storage: { ...plain.storage, inspect } };
    const paths = ['/pool/half.qcow2', '/pool/begun.qcow2'];
    const facts = await gatherFacts({ source, destination }, someVm('web-01', here), paths);
    expect(facts.shownBytes).toEqual(
      new Map([
        ['/pool/half.qcow2', 5],
        ['/pool/begun.qcow2', 0],
      ]),
    );
  });
});

describe('the address at which the source reaches the destination', () => {
  it('is none that both hosts have: there the source would hear itself', async () => {
    const facts = await gather(
      ['10.0.0.1', '192.168.122.1', '172.17.0.1'],
      ['10.0.0.2', '192.168.122.1', '172.17.0.1'],
      (address) => (address === '10.0.0.2' ? noAnswer : refusedHere),
    );
    expect(facts).toMatchObject({
      destinationAddress: '10.0.0.2',
      port: { reachable: false, cause: 'no answer' },
    });
  });

  it('is the first of the others that answers', async () => {
    const facts = await gather(
      ['10.0.0.1', '192.168.122.1'],
      ['10.9.9.9', '192.168.122.1', '10.0.0.2', '10.0.0.3'],
      (address) => (address === '10.9.9.9' ? noAnswer : refusedHere),
    );
    expect(facts).toMatchObject({ destinationAddress: '10.0.0.2', port: { reachable: true } });
  });

  it('is missing where the destination has no address of its own', async () => {
    const facts = await gather(['192.168.122.1'], ['192.168.122.1'], () => refusedHere);
    expect(facts.port).toEqual({
      reachable: false,
      cause: 'it has no address that the source has not too',
    });
  });
});
