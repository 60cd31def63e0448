import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DroverError } from '#shared/contract/errors.ts';
import { hostId } from '#shared/model/ids.ts';
import { failureOf } from '../drivers/testing/failureOf.ts';
import { FakeHosts } from '../drivers/testing/fakeHosts.ts';
import {
  type AddHostRequest,
  type ClusterDefinition,
  type HostDefinition,
  type HostFollower,
  HostRegistry,
} from './registry.ts';

const alpha = 'ssh://root@alpha';
const beta = 'ssh://root@beta';

let hosts: FakeHosts;
let clusters: Map<string, ClusterDefinition>;
let kept: Map<string, HostDefinition>;
let told: string[];
let full: boolean;
let closed: string[];
let registry: HostRegistry;

const follower: HostFollower = {
  clusterKnown: ({ name }) => void told.push(`cluster ${name}`),
  clusterGone: (id) => void told.push(`no ${id}`),
  attach: ({ name }) => void told.push(`host ${name}`),
  changed: ({ name, declaredDead }) => void told.push(`${name} ${declaredDead ? 'dead' : 'alive'}`),
  detach: (id) => void told.push(`no ${id}`),
};

function open(): HostRegistry {
  const next = { host: kept.size, cluster: clusters.size };
  return new HostRegistry({
    store: {
      clusters: () => [...clusters.values()],
      hosts: () => [...kept.values()],
      saveCluster(cluster, members) {
        if (full)
          throw new DroverError({ code: 'disk-full', tried: 'Keep a host', cause: 'the disk is full' });
        clusters.set(cluster.id, cluster);
        for (const host of members) kept.set(host.id, host);
      },
      saveHost: (host) => void kept.set(host.id, host),
      removeHost: (id) => void kept.delete(id),
      removeCluster: (id) => void clusters.delete(id),
    },
    open(endpoint) {
      const driver = hosts.openDriver(endpoint);
      return {
        ...driver,
        async close() {
          closed.push(endpoint.address);
          await driver.close();
        },
      };
    },
    followers: [follower],
    newId: (kind) => `${kind}-${++next[kind]}`,
  });
}

beforeEach(() => {
  hosts = new FakeHosts();
  clusters = new Map();
  kept = new Map();
  told = [];
  closed = [];
  full = false;
  registry = open();
});

const add = (address: string, more: Partial<AddHostRequest> = {}) =>
  registry.add({ address, clusterName: 'lab', credentials: {}, ...more });

/** Nothing is kept, told, connected or held of what was refused. */
function expectNothingOf(address: string): void {
  expect([...kept.values()].map((host) => host.address)).not.toContain(address);
  expect(registry.definitions().map((host) => host.address)).not.toContain(address);
}

describe('adding a host', () => {
  it('keeps it with its cluster, its own name and its UUID, and no secret', async () => {
    await add(alpha, { credentials: { keyFile: '/home/me/key', password: 'hush', passphrase: 'hush' } });
    expect([...clusters.values()]).toEqual([{ id: 'cluster-1', name: 'lab' }]);
    expect([...kept.values()]).toEqual([
      {
        id: 'host-1',
        clusterId: 'cluster-1',
        name: 'alpha',
        address: alpha,
        keyFile: '/home/me/key',
        hostUuid: `uuid-of-${alpha}`,
        declaredDead: false,
      },
    ]);
    expect(JSON.stringify([...kept.values()])).not.toContain('hush');
    expect(told).toEqual(['cluster lab', 'host alpha']);
  });

  it('puts a second host into the cluster of that name', async () => {
    await add(alpha);
    await add(beta);
    await add('ssh://root@gamma', { clusterName: 'other' });
    expect([...clusters.keys()]).toEqual(['cluster-1', 'cluster-2']);
    expect([...kept.values()].map((host) => host.clusterId)).toEqual(['cluster-1', 'cluster-1', 'cluster-2']);
  });

  it('refuses an address that is here already, and connects to nothing', async () => {
    await add(alpha);
    const opened = vi.spyOn(hosts, 'host');
    expect(await failureOf(add(alpha))).toMatchObject({
      code: 'already-exists',
      message: `Add host ${alpha}: alpha has that address, so it is here already. Remove alpha first if it is to be added anew.`,
    });
    expect(opened).not.toHaveBeenCalled();
    expect(kept.size).toBe(1);
  });

  it('refuses a host that is here under another address, by its UUID', async () => {
    await add(alpha);
    hosts.host('ssh://root@10.0.0.1').uuid = `uuid-of-${alpha}`;
    expect(await failureOf(add('ssh://root@10.0.0.1'))).toMatchObject({
      code: 'already-exists',
      message: expect.stringContaining(`alpha has the same libvirt UUID uuid-of-${alpha}`),
    });
    expectNothingOf('ssh://root@10.0.0.1');
    expect(closed).toEqual(['ssh://root@10.0.0.1']);
  });

  it('keeps one of two that are added at the same moment and are the same', async () => {
    const results = await Promise.allSettled([add(alpha), add(alpha)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(kept.size).toBe(1);
    expect(closed).toEqual([alpha]);
  });

  it('puts a number behind a name of its own that is taken, and refuses one that was asked for', async () => {
    hosts.host(alpha).hostname = 'server.example.org';
    hosts.host(beta).hostname = 'server.other.org';
    hosts.host('ssh://root@gamma').hostname = 'server';
    expect((await add(alpha)).name).toBe('server');
    expect((await add(beta)).name).toBe('server-2');
    expect((await add('ssh://root@gamma')).name).toBe('server-3');
    expect(await failureOf(add('ssh://root@delta', { name: 'server-2' }))).toMatchObject({
      code: 'already-exists',
      message: expect.stringContaining('lab has a host called server-2 already'),
    });
    expectNothingOf('ssh://root@delta');
    // Another cluster has names of its own.
    expect((await add('ssh://root@delta', { clusterName: 'other', name: 'server' })).name).toBe('server');
  });

  it.each([
    ['it does not answer', () => hosts.host(alpha).setLink({ state: 'connecting' }), 'host-unreachable'],
    ['it cannot be kept', () => void (full = true), 'disk-full'],
  ])('leaves nothing behind when %s', async (_what, strike, code) => {
    strike();
    expect(await failureOf(add(alpha))).toMatchObject({ code });
    expectNothingOf(alpha);
    expect([...clusters.keys()]).toEqual([]);
    expect(told).toEqual([]);
    expect(closed).toEqual([alpha]);
    expect(hosts.open).toBe(0);
    full = false;
    hosts.host(alpha).setLink({ state: 'connected' });
    expect((await add(alpha)).name).toBe('alpha');
  });
});

describe('removing a host', () => {
  it('leaves its cluster to the others, and takes it away with the last', async () => {
    const one = await add(alpha);
    const other = await add(beta);
    told = [];
    await registry.remove(one.id);
    expect([...clusters.keys()]).toEqual(['cluster-1']);
    expect(told).toEqual(['no host-1']);
    await registry.remove(other.id);
    expect([...clusters.keys()]).toEqual([]);
    expect([...kept.keys()]).toEqual([]);
    expect(told).toEqual(['no host-1', 'no host-2', 'no cluster-1']);
    expect(closed).toEqual([alpha, beta]);
    expect(hosts.open).toBe(0);
    expect(await failureOf(registry.remove(one.id))).toMatchObject({ code: 'not-found' });
  });

  it('goes through although its secrets cannot be forgotten', async () => {
    const { id } = await add(alpha);
    vi.spyOn(registry.driver(id) ?? expect.fail('no driver'), 'forgetSecrets').mockRejectedValue(
      new Error('~/.ssh/config cannot be read'),
    );
    await registry.remove(id);
    expect(registry.driver(hostId('host-1'))).toBeUndefined();
    expect(closed).toEqual([alpha]);
  });
});

describe('what is kept', () => {
  it('is opened at the next start, without waiting for any of them', async () => {
    await add(alpha);
    await add(beta);
    await registry.close();
    hosts.host(beta).setLink({ state: 'connecting' });
    told = [];
    registry = open();
    registry.start();
    expect(told).toEqual(['cluster lab', 'host alpha', 'host beta']);
    await registry.close();
    expect(hosts.open).toBe(0);
  });

  it('says that a host was declared dead, until it answers again', async () => {
    const { id } = await add(alpha);
    expect(() => registry.declareDead(id, true)).toThrow(/alpha answers, so /);
    hosts.host(alpha).setLink({ state: 'connecting' });
    registry.declareDead(id, true);
    expect(kept.get(id)?.declaredDead).toBe(true);
    hosts.host(alpha).setLink({ state: 'connected' });
    expect(kept.get(id)?.declaredDead).toBe(false);
    expect(told.slice(-2)).toEqual(['alpha dead', 'alpha alive']);
  });
});
