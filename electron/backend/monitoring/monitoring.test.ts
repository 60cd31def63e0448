import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterId, hostId, vmId } from '#shared/model/ids.ts';
import { dearEverySweeps, type Samples } from '#shared/model/samples.ts';
import { FollowingClock } from '../clock/followingClock.ts';
import { ManualClock, settled } from '../clock/testing/manualClock.ts';
import { type FakeHost, FakeHosts, fakeDomain } from '../drivers/testing/fakeHosts.ts';
import { keptMs, Monitoring } from './monitoring.ts';
import { cheapEveryMs } from './sampleHost.ts';

const cluster = clusterId('lab');
const web = '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa01';
const webId = vmId(cluster, web);

describe('monitoring', () => {
  let clock: ManualClock;
  let fakes: FakeHosts;
  let alpha: FakeHost;
  let beta: FakeHost;
  let stored: Samples[];
  let heard: Samples[];
  let home: string | undefined;
  let monitoring: Monitoring;

  const attach = async (host: FakeHost) => {
    const name = new URL(host.address).hostname;
    const definition = {
      id: hostId(name),
      clusterId: cluster,
      name,
      address: host.address,
      declaredDead: false,
    };
    monitoring.attach(definition, host.driver());
    await settled();
  };
  /** Time in which counters grow as those of a busy VM do. */
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 1) {
      for (const host of [alpha, beta]) {
        const { cpuBusyNs, cpuTotalNs } = host.hostCounters;
        host.hostCounters = {
          ...host.hostCounters,
          cpuBusyNs: cpuBusyNs + 1e9,
          cpuTotalNs: cpuTotalNs + 4e9,
        };
      }
      const before = alpha.domainCounters.get(web);
      alpha.domainCounters.set(web, {
        cpuTimeNs: (before?.cpuTimeNs ?? 0) + 1e9,
        memoryUsedMiB: 48,
        diskReadBytes: (before?.diskReadBytes ?? 0) + 1000,
        diskWriteBytes: 0,
        networkReceiveBytes: (before?.networkReceiveBytes ?? 0) + 500,
      });
      await clock.advance(1000);
    }
  };
  const shares = (name: string) =>
    heard.flatMap((each) => {
      const index = each.hosts.hostIds.indexOf(hostId(name));
      return index < 0 ? [] : [each.hosts.cpuShare[index]];
    });

  beforeEach(() => {
    clock = new ManualClock();
    fakes = new FakeHosts();
    fakes.clock = clock;
    alpha = fakes.host('ssh://root@alpha');
    beta = fakes.host('ssh://root@beta');
    alpha.put(fakeDomain(web, 'web', { vcpus: 2 }));
    alpha.domainCounters.set(web, { cpuTimeNs: 0 });
    stored = [];
    heard = [];
    home = 'alpha';
    monitoring = new Monitoring({
      clock,
      store: (samples) => stored.push(samples),
      findVm: (id) => (id === webId && home !== undefined ? { hostId: hostId(home), vcpus: 2 } : undefined),
      cpusOf: () => 4,
    });
    monitoring.subscribe((samples) => heard.push(samples));
  });
  afterEach(() => {
    monitoring.close();
    expect(clock.size).toBe(0);
    expect(fakes.open).toBe(0);
  });

  it('tells of all hosts together, first a gap, then rates', async () => {
    await attach(alpha);
    await attach(beta);
    await pass(3);
    expect(heard).toHaveLength(2);
    expect(heard[0]?.hosts).toMatchObject({ hostIds: ['alpha', 'beta'], cpuShare: [null, null] });
    expect(heard[1]?.hosts).toMatchObject({ cpuShare: [0.25, 0.25], memoryUsedMiB: [1024, 1024] });
    expect(heard[0]?.vms).toMatchObject({ vmIds: [webId], cpuShare: [null] });
    expect(heard[1]?.vms).toMatchObject({ vmIds: [webId], cpuShare: [0.5] });
    expect(stored).toEqual(heard);
    expect(monitoring.recent()).toEqual(heard);
  });

  it('asks for the dear groups less often, and measures from one such sweep to the next', async () => {
    const asked: string[] = [];
    alpha.beforeAnswer = (question) => void asked.push(question);
    await attach(alpha);
    await pass(21);
    const depths = asked.filter((question) => question !== 'host');
    expect(depths.filter((depth) => depth === 'full')).toHaveLength(3);
    expect(depths).toHaveLength(11);
    expect(depths.slice(0, dearEverySweeps + 1)).toEqual([
      'full',
      'cheap',
      'cheap',
      'cheap',
      'cheap',
      'full',
    ]);
    // Counters in all sweeps make rates in all sweeps.
    expect(heard.at(-1)?.vms.networkReceiveBytesPerSecond[0]).toBe(500);
    expect(heard.at(-1)?.vms.diskReadBytesPerSecond[0]).toBe(1000);
  });

  it('is never held up by a host that hangs: its own gaps, and no second question meanwhile', async () => {
    let asked = 0;
    beta.beforeAnswer = async (question) => {
      if (question === 'host') return;
      asked += 1;
      await new Promise(() => undefined);
    };
    await attach(alpha);
    await attach(beta);
    await pass(21);
    expect(shares('alpha')).toHaveLength(11);
    expect(shares('beta')).toEqual([]);
    expect(asked).toBe(1);
  });

  it('goes on after a sweep that failed', async () => {
    let fail = false;
    alpha.beforeAnswer = () => {
      if (fail) throw new Error('busy');
    };
    await attach(alpha);
    await pass(3);
    fail = true;
    await pass(4);
    fail = false;
    await pass(4);
    expect(shares('alpha').slice(0, 3)).toEqual([null, 0.25, 0.25]);
  });

  it('begins anew after a host was away', async () => {
    await attach(alpha);
    await pass(5);
    const before = heard.length;
    alpha.setLink({ state: 'connecting' });
    await pass(6);
    expect(heard).toHaveLength(before);
    alpha.setLink({ state: 'connected' });
    await pass(4);
    expect(shares('alpha').slice(before)).toEqual([null, 0.25]);
  });

  it("takes its home's word of a VM that two hosts have", async () => {
    beta.put(fakeDomain(web, 'web', { state: 'paused', reason: 'migration' }));
    await attach(alpha);
    await attach(beta);
    await pass(3);
    expect(heard[1]?.vms).toMatchObject({ vmIds: [webId], cpuShare: [0.5] });
    home = 'beta';
    await pass(2);
    expect(heard[2]?.vms).toMatchObject({ vmIds: [webId], cpuShare: [0] });
  });

  it('keeps the last 15 minutes', async () => {
    await attach(alpha);
    await clock.advance(2 * keptMs);
    expect(heard.length).toBeGreaterThan(850);
    const [first] = monitoring.recent();
    expect(first?.hosts.at).toBeGreaterThan(clock.now() - keptMs - cheapEveryMs);
    expect(monitoring.recent()).toHaveLength(keptMs / cheapEveryMs);
  });

  it('goes on when the clock of the machine is set back: a gap, and numbers again', async () => {
    await attach(alpha);
    await pass(3);
    const before = heard.length;
    clock.set(-3_600_000);
    await pass(4);
    expect(heard.slice(before)).toHaveLength(2);
    expect(heard.slice(before).map((each) => each.vms.cpuShare)).toEqual([[null], [0.5]]);
    expect(monitoring.recent()).toEqual(heard.slice(before));
  });

  it('tells each cluster by itself and in its own time, keeping of a fast one as many sweeps', async () => {
    const simulated = new FollowingClock(clock);
    const fast = new FakeHosts();
    fast.clock = simulated;
    simulated.follow({ at: 1_000_000, rate: 600 });
    await attach(alpha);
    monitoring.attach(
      {
        id: hostId('sim-a'),
        clusterId: clusterId('sim'),
        name: 'sim-a',
        address: 'sim://w/sim-a',
        declaredDead: false,
      },
      fast.host('ssh://root@sim-a').driver(),
    );
    await settled();
    await clock.advance(10_000);
    const told = (name: string) => heard.filter((each) => each.hosts.hostIds.includes(hostId(name)));
    expect(heard.every((each) => each.hosts.hostIds.length === 1)).toBe(true);
    expect(told('alpha').map((each) => each.hosts.at)).toEqual([0, 2000, 4000, 6000, 8000]);
    expect(
      told('sim-a')
        .slice(0, 3)
        .map((each) => each.hosts.at),
    ).toEqual([1e6, 1.3e6, 1.6e6]);
    simulated.follow({ at: simulated.now(), rate: 0 });
    // What was measured before is told still.
    await clock.advance(1000);
    const before = heard.length;
    await clock.advance(4000);
    expect(heard.slice(before).some((each) => each.hosts.hostIds.includes(hostId('sim-a')))).toBe(false);
    simulated.follow({ at: simulated.now(), rate: 600 });
    await clock.advance(keptMs);
    const kept = monitoring.recent().filter((each) => each.hosts.hostIds.includes(hostId('sim-a')));
    expect(kept).toHaveLength(keptMs / cheapEveryMs);
    simulated.close();
  });

  it('forgets a host that is removed', async () => {
    await attach(alpha);
    await pass(3);
    monitoring.detach(hostId('alpha'));
    const before = heard.length;
    await pass(5);
    expect(heard).toHaveLength(before);
    await settled();
    expect(clock.size).toBe(0);
  });
});
