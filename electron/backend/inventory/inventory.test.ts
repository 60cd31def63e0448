import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DroverError } from '#shared/contract/errors.ts';
import { clusterId, hostId, taskId, vmId } from '#shared/model/ids.ts';
import type { LivePatch } from '#shared/model/live.ts';
import { ManualClock, settled } from '../clock/testing/manualClock.ts';
import { type FakeHost, FakeHosts, fakeDomain } from '../drivers/testing/fakeHosts.ts';
import type { HostDefinition } from '../hosts/registry.ts';
import type { LastKnown } from '../store/hostRecords.ts';
import { ClaimLedger } from './claims.ts';
import { reconcileEveryMs, retryEveryMs } from './hostWatch.ts';
import { Inventory } from './inventory.ts';

const cluster = clusterId('lab');
const web = '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa01';
const db = '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa02';
const webId = vmId(cluster, web);
const eventMs = 100;

function definition(name: string): HostDefinition {
  return {
    id: hostId(name),
    clusterId: cluster,
    name,
    address: `ssh://root@${name}`,
    declaredDead: false,
  };
}

describe('the live inventory', () => {
  let clock: ManualClock;
  let fakes: FakeHosts;
  let alpha: FakeHost;
  let beta: FakeHost;
  let claims: ClaimLedger;
  let kept: Map<string, LastKnown>;
  let inventory: Inventory;
  let patches: LivePatch[];

  const start = () =>
    new Inventory({
      clock,
      claims,
      store: {
        lastKnown: (id) => kept.get(id),
        saveLastKnown: (all) => {
          for (const [id, known] of all) kept.set(id, known);
        },
      },
    });
  const attach = async (...hosts: readonly FakeHost[]) => {
    for (const host of hosts) inventory.attach(definition(new URL(host.address).hostname), host.driver());
    await settled();
  };
  const vms = () =>
    inventory.view().vms.map((vm) => `${vm.name} ${vm.hostId} ${vm.state}${vm.current ? '' : ' old'}`);
  const connection = (name: string) => inventory.view().hosts.find((host) => host.name === name)?.connection;

  beforeEach(() => {
    clock = new ManualClock();
    fakes = new FakeHosts();
    alpha = fakes.host('ssh://root@alpha');
    beta = fakes.host('ssh://root@beta');
    alpha.put(fakeDomain(web, 'web'));
    claims = new ClaimLedger();
    kept = new Map();
    inventory = start();
    inventory.clusterKnown({ id: cluster, name: 'lab', simulated: false });
    patches = [];
    inventory.subscribe((each) => patches.push(...each));
  });
  afterEach(() => {
    inventory.close();
    expect(fakes.open).toBe(0);
    expect(clock.size).toBe(0);
  });

  it('shows what its hosts have', async () => {
    await attach(alpha, beta);
    expect(vms()).toEqual(['web alpha active']);
    expect(inventory.vm(webId)).toMatchObject({ id: webId, clusterId: cluster, copies: [], current: true });
    expect(inventory.view().hosts).toMatchObject([
      { name: 'alpha', connection: { state: 'connected' }, capacity: { cpus: 4 } },
      { name: 'beta', connection: { state: 'connected' }, capacity: { cpus: 4 } },
    ]);
    expect(inventory.view().clusters).toHaveLength(1);
  });

  it('applies events as they arrive, one look for a burst of them', async () => {
    await attach(alpha);
    let looks = 0;
    alpha.beforeAnswer = (question) => void (question === 'describe' && (looks += 1));
    patches.length = 0;
    for (const state of ['paused', 'active', 'paused'] as const) {
      alpha.put(fakeDomain(web, 'web', { state, reason: 'user' }));
    }
    await clock.advance(eventMs);
    expect(looks).toBe(1);
    expect(patches).toMatchObject([{ kind: 'vm', value: { state: 'paused' } }]);
    alpha.put(fakeDomain(db, 'db'));
    alpha.drop(web);
    await clock.advance(eventMs);
    expect(vms()).toEqual(['db alpha active']);
    expect(patches.at(-1)).toEqual({ kind: 'vm-gone', id: webId });
  });

  it('finds at the next reconciliation what no event told of', async () => {
    await attach(alpha);
    alpha.domains.set(db, fakeDomain(db, 'db'));
    alpha.domains.delete(web);
    await clock.advance(reconcileEveryMs);
    expect(vms()).toEqual(['db alpha active']);
  });

  it('says nothing anew of what has not changed', async () => {
    await attach(alpha);
    patches.length = 0;
    await clock.advance(reconcileEveryMs);
    expect(patches.filter((patch) => patch.kind === 'vm')).toEqual([]);
  });

  it('keeps what it knew while a host is away, and says that it is old', async () => {
    await attach(alpha);
    const error = { code: 'connection-lost', message: 'alpha is away.' } as const;
    alpha.setLink({ state: 'unreachable', error, retryAt: 5000 });
    expect(vms()).toEqual(['web alpha active old']);
    expect(connection('alpha')).toMatchObject({ state: 'unreachable', error, retryAt: 5000 });
    // It stopped meanwhile.
    alpha.domains.set(web, fakeDomain(web, 'web', { state: 'inactive', reason: 'crashed' }));
    await clock.advance(2 * reconcileEveryMs);
    expect(vms()).toEqual(['web alpha active old']);
    alpha.setLink({ state: 'connected' });
    await settled();
    expect(vms()).toEqual(['web alpha inactive']);
    expect(connection('alpha')).toMatchObject({ state: 'connected' });
  });

  it('is told the whole of a failure although the link stands, and asks again soon', async () => {
    await attach(alpha);
    alpha.beforeAnswer = (question) => {
      if (question !== 'list') return;
      throw new DroverError({ code: 'timed-out', tried: 'Ask alpha', cause: 'no answer within 10 s' });
    };
    await clock.advance(reconcileEveryMs);
    expect(vms()).toEqual(['web alpha active old']);
    expect(connection('alpha')).toMatchObject({
      state: 'unreachable',
      error: { code: 'timed-out' },
      retryAt: clock.now() + retryEveryMs,
    });
    alpha.beforeAnswer = () => undefined;
    await clock.advance(retryEveryMs);
    expect(vms()).toEqual(['web alpha active']);
    expect(connection('alpha')).toMatchObject({ state: 'connected' });
  });

  it('never lets an old answer replace a newer one', async () => {
    await attach(alpha);
    let release = () => {};
    alpha.beforeAnswer = (question) => {
      if (question !== 'list') return;
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    await clock.advance(reconcileEveryMs);
    // While the list is on its way the VM goes; the look at it waits for the list.
    alpha.drop(web);
    await clock.advance(eventMs);
    release();
    await settled();
    expect(vms()).toEqual([]);
  });

  it('shows the other end of a move under the VM, and follows it over', async () => {
    await attach(alpha, beta);
    claims.claim(taskId('move'), 'Move web', [{ kind: 'vm', vmId: webId }]);
    expect(inventory.vm(webId)?.heldBy).toBe('move');
    const incoming = { state: 'paused', reason: 'migration', persistent: false } as const;
    beta.put(fakeDomain(web, 'web', incoming));
    await clock.advance(eventMs);
    expect(inventory.view().vms).toHaveLength(1);
    expect(inventory.vm(webId)).toMatchObject({
      hostId: 'alpha',
      copies: [{ hostId: 'beta', role: 'incoming', state: 'paused' }],
    });
    alpha.put(fakeDomain(web, 'web', { state: 'paused', reason: 'migration' }));
    beta.put(fakeDomain(web, 'web', { reason: 'migrated' }));
    alpha.drop(web);
    await clock.advance(eventMs);
    claims.release(taskId('move'));
    expect(inventory.vm(webId)).toMatchObject({ hostId: 'beta', copies: [] });
    expect(inventory.vm(webId)?.heldBy).toBeUndefined();
  });

  it('looks at once when asked to', async () => {
    await attach(alpha);
    alpha.domains.set(web, fakeDomain(web, 'web', { state: 'inactive', reason: 'shutdown' }));
    await inventory.look([hostId('alpha'), hostId('nobody')], web);
    expect(vms()).toEqual(['web alpha inactive']);
  });

  it('forgets a host that is removed, and its VMs unless another has them', async () => {
    beta.put(fakeDomain(web, 'web', { state: 'inactive', reason: 'migrated' }));
    alpha.put(fakeDomain(db, 'db'));
    await attach(alpha, beta);
    inventory.detach(hostId('alpha'));
    expect(vms()).toEqual(['web beta inactive']);
    expect(patches).toContainEqual({ kind: 'host-gone', id: 'alpha' });
    inventory.detach(hostId('beta'));
    expect(vms()).toEqual([]);
    expect(fakes.open).toBe(0);
  });

  it('remembers over a restart, but shows it as old until the host answers', async () => {
    claims.claim(taskId('move'), 'Move web', [{ kind: 'vm', vmId: webId }]);
    await attach(alpha);
    expect(kept.size).toBe(0);
    inventory.close();
    expect(kept.get('alpha')?.vms).toHaveLength(1);
    claims.release(taskId('move'));
    alpha.setLink({ state: 'connecting' });
    inventory = start();
    await attach(alpha);
    expect(vms()).toEqual(['web alpha active old']);
    // The task that held it then is over.
    expect(inventory.vm(webId)?.heldBy).toBeUndefined();
    alpha.setLink({ state: 'connected' });
    await settled();
    expect(vms()).toEqual(['web alpha active']);
  });

  it('goes on where its memory cannot be kept', async () => {
    inventory.close();
    const said: unknown[] = [];
    const { error } = console;
    console.error = (text: unknown) => said.push(text);
    try {
      inventory = new Inventory({
        clock,
        claims,
        store: {
          lastKnown: () => undefined,
          saveLastKnown: () => {
            throw new Error('the disk is full');
          },
        },
      });
      await attach(alpha);
      await clock.advance(11_000);
      expect(said).toEqual(['the disk is full']);
      expect(vms()).toEqual(['web alpha active']);
    } finally {
      console.error = error;
    }
  });
});
