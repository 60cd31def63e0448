import { RPCLink } from '@orpc/client/message-port';
import { implement, ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { contract } from '#shared/contract/contract.ts';
import { toErrorData } from '#shared/contract/errors.ts';
import { clusterId, hostId, taskId } from '#shared/model/ids.ts';
import type { Samples } from '#shared/model/samples.ts';
import type { Wire, WireEvent } from '../transport/wire.ts';
import { fakeHost, fakeHosts, fakePhysicalCluster, fakeVms } from './fakeCluster.ts';
import { fakeDiagnosis } from './fakeDoctor.ts';
import { fakeHistory } from './fakeHistory.ts';
import { fakeMany } from './fakeMany.ts';
import { refuseLogin } from './fakeRefusals.ts';
import { fakeInterfaces, fakeXml } from './fakeVmDetails.ts';
import { FakeWorld } from './fakeWorld.ts';
import { Feed } from './liveFeed.ts';

/** The whole contract over a scripted cluster, behind a real oRPC message port. For development and tests only. */
export interface FakeBackend {
  readonly world: FakeWorld;
  readonly wire: Wire;
  /** Cuts the wire as a backend that ended would; `restore` brings it back. */
  cut(why: string): void;
  restore(): void;
}

export interface FakeBackendOptions {
  readonly now: number;
  /** No host yet, as at the first start. */
  readonly empty?: boolean;
  /** A simulated cluster beside, or instead of, the scripted real one. */
  readonly simulated?: boolean;
  /** So many VMs, instead of the scripted few. */
  readonly many?: number;
}

const sweepMs = 2_000;
const rememberedSweeps = 440;
/** What a page keeps of all sweeps of thousands of VMs is not what is looked at with them. */
const fewSweeps = 60;

export function createFakeBackend({
  now,
  empty = false,
  simulated = false,
  many = 0,
}: FakeBackendOptions): FakeBackend {
  const world = new FakeWorld(now);
  if (many > 0) world.put(...fakeMany(many, now));
  else if (!empty) {
    world.put(
      { kind: 'cluster', value: fakePhysicalCluster },
      ...fakeHosts(now - 3 * 3_600_000).map((value) => ({ kind: 'host' as const, value })),
      ...fakeVms.map((value) => ({ kind: 'vm' as const, value })),
    );
  }
  if (simulated) world.simulation.add({ scenario: 'two-servers' });
  const handler = new RPCHandler(routerOf(world));
  let tell: ((event: WireEvent) => void) | undefined;
  let ports: MessagePort[] = [];

  const open = (): void => {
    const channel = new MessageChannel();
    ports = [channel.port1, channel.port2];
    handler.upgrade(channel.port1);
    channel.port1.start();
    const link = new RPCLink({ port: channel.port2 });
    channel.port2.start();
    tell?.({ kind: 'open', link });
  };
  const close = (): void => {
    for (const port of ports) port.close();
    ports = [];
  };
  return {
    world,
    wire: {
      start(listener) {
        tell = listener;
        open();
        return () => {
          tell = undefined;
          close();
        };
      },
      retryNow: open,
    },
    cut(why) {
      close();
      tell?.({ kind: 'closed', why });
    },
    restore: open,
  };
}

function routerOf(world: FakeWorld) {
  const told = implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (thrown) {
      const data = toErrorData(thrown);
      throw new ORPCError('DROVER', { defined: true, status: 500, message: data.message, data });
    }
  });
  const note = (procedure: string, input: unknown): void => {
    world.calls.push({ procedure, input });
  };
  return told.router({
    system: {
      info: told.system.info.handler(() => ({ version: '0.1.0', dataFolder: '/fake', pid: 1, mode: 'fake' })),
      newAddress: told.system.newAddress.handler(() => ({ address: 'http://127.0.0.1:1/' })),
      runningTasks: told.system.runningTasks.handler(() => ({
        count: [...world.tasks.values()].filter((task) => task.state === 'running').length,
      })),
    },
    live: {
      watch: told.live.watch.handler(({ signal }) => world.feed.watch(() => world.state(), signal)),
      snapshot: told.live.snapshot.handler(() => world.state()),
      samples: told.live.samples.handler(({ signal }) => sampleStream(world, signal)),
    },
    history: {
      load: told.history.load.handler(({ input }) => fakeHistory(world, input)),
      events: told.history.events.handler(() => ({ now: world.now, events: [...world.clusterEvents] })),
    },
    hosts: {
      add: told.hosts.add.handler(({ input }) => {
        note('hosts.add', input);
        refuseLogin(input.address, input.credentials);
        const known = [...world.clusters.values()].find((cluster) => cluster.name === input.clusterName);
        const cluster = known ?? {
          id: clusterId(`cluster-${world.clusters.size + 1}`),
          name: input.clusterName,
          simulated: false,
        };
        const name = input.name ?? `server-${'abcdefgh'[world.hosts.size] ?? 'x'}`;
        const host = {
          ...fakeHost(hostId(`host-${name}`), name, input.address, world.now),
          clusterId: cluster.id,
        };
        world.put({ kind: 'cluster', value: cluster }, { kind: 'host', value: host });
        world.sweep();
        return host;
      }),
      remove: told.hosts.remove.handler(({ input }) => {
        note('hosts.remove', input);
        const gone = [...world.vms.values()].filter((vm) => vm.hostId === input.hostId);
        world.put(
          { kind: 'host-gone', id: input.hostId },
          ...gone.map((vm) => ({ kind: 'vm-gone' as const, id: vm.id })),
        );
        return {};
      }),
      reconnect: told.hosts.reconnect.handler(({ input }) => {
        note('hosts.reconnect', input);
        const host = world.host(input.hostId);
        refuseLogin(host.address, { ...input.credentials, acceptHostKey: input.credentials.acceptHostKey });
        world.put({ kind: 'host', value: { ...host, connection: { state: 'connected', since: world.now } } });
        return {};
      }),
      declareDead: told.hosts.declareDead.handler(({ input }) => {
        note('hosts.declareDead', input);
        world.put({ kind: 'host', value: { ...world.host(input.hostId), declaredDead: input.dead } });
        return {};
      }),
      diagnose: told.hosts.diagnose.handler(({ input }) =>
        fakeDiagnosis(world.host(input.hostId), world.hosts.values(), world.now),
      ),
    },
    clusters: {
      addSimulated: told.clusters.addSimulated.handler(({ input }) => {
        note('clusters.addSimulated', input);
        return world.simulation.add(input);
      }),
      remove: told.clusters.remove.handler(({ input }) => {
        note('clusters.remove', input);
        world.simulation.remove(input.clusterId);
        return {};
      }),
      setClock: told.clusters.setClock.handler(({ input }) => {
        note('clusters.setClock', input);
        world.simulation.setClock(input.clusterId, input);
        return {};
      }),
      step: told.clusters.step.handler(({ input }) => {
        note('clusters.step', input);
        world.simulation.step(input.clusterId, input.milliseconds);
        return {};
      }),
      jump: told.clusters.jump.handler(({ input }) => {
        note('clusters.jump', input);
        return world.simulation.jump(input.clusterId);
      }),
      fault: told.clusters.fault.handler(({ input }) => {
        note('clusters.fault', input);
        world.simulation.fault(input.clusterId, input.fault);
        return {};
      }),
      revive: told.clusters.revive.handler(({ input }) => {
        note('clusters.revive', input);
        world.simulation.revive(input.clusterId);
        return {};
      }),
    },
    vms: {
      act: told.vms.act.handler(({ input }) => {
        note('vms.act', input);
        return { taskId: world.life.act(input.vmId, input.action, input.idempotencyKey) };
      }),
      define: told.vms.define.handler(({ input }) => {
        note('vms.define', input);
        return { taskId: taskId('task-define') };
      }),
      xml: told.vms.xml.handler(({ input }) => ({ xml: fakeXml(world.vm(input.vmId), input.which) })),
      details: told.vms.details.handler(({ input }) => world.details(world.vm(input.vmId))),
      interfaces: told.vms.interfaces.handler(({ input }) => fakeInterfaces(world.vm(input.vmId), world.now)),
      history: told.vms.history.handler(({ input }) => {
        note('vms.history', input);
        return world.history(world.vm(input.vmId), input);
      }),
    },
    consoles: {
      open: told.consoles.open.handler(({ input, signal }) => world.consoles.opened(input, signal)),
      send: told.consoles.send.handler(({ input }) => {
        world.consoles.send(input.consoleId, input.bytes);
        return {};
      }),
      acknowledge: told.consoles.acknowledge.handler(({ input }) => {
        world.consoles.acknowledge(input.consoleId, input.bytes);
        return {};
      }),
    },
    migrations: {
      destinations: told.migrations.destinations.handler(({ input }) =>
        world.destinations(world.vm(input.vmId), input.options),
      ),
      plan: told.migrations.plan.handler(({ input }) => world.plan(input)),
      start: told.migrations.start.handler(({ input }) => {
        note('migrations.start', input);
        return { taskId: world.startMigration(input.request, input.idempotencyKey) };
      }),
    },
    tasks: {
      list: told.tasks.list.handler(({ input }) => [...world.tasks.values()].slice(-input.limit)),
      get: told.tasks.get.handler(({ input }) => world.task(input.taskId)),
      cancel: told.tasks.cancel.handler(({ input }) => {
        note('tasks.cancel', input);
        world.cancel(input.taskId);
        return {};
      }),
      retry: told.tasks.retry.handler(({ input }) => {
        note('tasks.retry', input);
        return { taskId: world.retry(input.taskId) };
      }),
    },
    activity: {
      list: told.activity.list.handler(({ input }) => {
        note('activity.list', input);
        return world.activity(input.filter, input.limit, input.before);
      }),
    },
  });
}

/** What is remembered of the last quarter of an hour, with a gap in it, then each sweep. */
async function* sampleStream(
  world: FakeWorld,
  signal: AbortSignal | undefined,
): AsyncGenerator<Samples, void> {
  const feed = new Feed<Samples>();
  world.sampleFeeds.add(feed);
  try {
    const sweeps = world.vms.size > 1000 ? fewSweeps : rememberedSweeps;
    for (let back = sweeps; back >= 0; back -= 1) {
      if (back > 150 && back < 185) continue;
      for (const samples of world.measured(back * sweepMs)) feed.push(samples);
    }
    yield* feed.iterate(signal);
  } finally {
    world.sampleFeeds.delete(feed);
  }
}
