import { describe, expect, it } from 'vitest';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { ReachResult } from '../drivers/migration.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import { gatherMigrationFacts } from './gather.ts';

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

function gather(ours: readonly string[], theirs: readonly string[], reach: (address: string) => ReachResult) {
  const source = driver('server-a', ours, reach);
  const destination = driver('server-b', theirs, () => ({ reachable: false, cause: 'not asked' }));
  return gatherMigrationFacts(someVm('web-01', here), there, { source, destination }, []);
}

/** "Refused" by the very host that asks. */
const refusedHere: ReachResult = { reachable: true, how: 'closed' };
const noAnswer: ReachResult = { reachable: false, cause: 'no answer' };

it('takes a marker away whose writing broke off, and does not claim that the disk is shared', async () => {
  const asked: string[] = [];
  const plain = driver('server-a', ['10.0.0.1'], () => refusedHere);
  const storage: HostDriver['storage'] = {
    ...plain.storage,
    inspect: async () => ({ format: 'qcow2', virtualBytes: 9, usedBytes: 5, kind: 'file' }),
    writeMarker: async (path) => {
      asked.push(`write ${path}`);
      throw new Error('no answer in time');
    },
    removeMarker: async (path) => void asked.push(`remove ${path}`),
  };
  const destination = { ...driver('server-b', ['10.0.0.2'], () => refusedHere), storage };
  const source = '/pool/web-01.qcow2';
  const disk = { target: 'vda', source, device: 'disk', format: 'qcow2', cache: 'none' } as const;
  const vm = someVm('web-01', here, {
    disks: [{ ...disk, readOnly: false, shareable: false, backingChain: [] }],
  });
  const facts = await gatherMigrationFacts(vm, there, { source: { ...plain, storage }, destination }, []);
  expect(facts.disks.map(({ atDestination }) => atDestination)).toEqual(['different']);
  expect(asked).toEqual(['write /pool/web-01.qcow2', 'remove /pool/web-01.qcow2']);
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
    const facts = await gatherMigrationFacts(someVm('web-01', here), there, { source, destination }, paths);
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
