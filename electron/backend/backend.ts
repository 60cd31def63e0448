import { randomBytes } from 'node:crypto';
import type { SupportedMessagePort } from '@orpc/client/message-port';
import { createRouterClient } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import type { DroverClient } from '#shared/contract/client.ts';
import { type ClusterId, type HostId, taskId } from '#shared/model/ids.ts';
import type { MigrationRequest } from '#shared/model/migration.ts';
import type { Requester } from '#shared/model/task.ts';
import { listenLocally } from '../../machine/localSocket.ts';
import { Recorder } from './activity/recorder.ts';
import { keptEndedTasks } from './api/keptTasks.ts';
import { createRouter } from './api/router.ts';
import type { Services } from './api/services.ts';
import { type Clock, wallClock } from './clock/clock.ts';
import { Consoles } from './consoles/consoles.ts';
import type { OpenHostDriver } from './drivers/drivers.ts';
import { libvirtDrivers } from './drivers/libvirt/libvirt.ts';
import { createSecretMemory, defaultSurroundings, type SecretMemory } from './drivers/libvirt/ssh/ssh.ts';
import { simulatedScheme, simulatorDrivers } from './drivers/simulator/simulator.ts';
import { type HostFollower, HostRegistry } from './hosts/registry.ts';
import { ClaimLedger } from './inventory/claims.ts';
import { Inventory } from './inventory/inventory.ts';
import { Definitions } from './lifecycle/definitions.ts';
import { lifecycleTaskKinds } from './lifecycle/lifecycle.ts';
import type { PhaseHook } from './migration/environment.ts';
import { gatherMigrationFacts } from './migration/gather.ts';
import { leftoverTaskKind } from './migration/leftover.ts';
import { migrationTaskKind } from './migration/migration.ts';
import { claimedPaths, migrationParties, planMigration } from './migration/plan.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { becomeOwner, type OwnerMode } from './owner/owner.ts';
import { SimulatedClusters } from './simulation/simulatedClusters.ts';
import { WorldPlaces } from './simulation/worldPlaces.ts';
import { nodeWorldProgram, type WorldProgram } from './simulation/worldProgram.ts';
import { Worlds } from './simulation/worlds.ts';
import { openHistory } from './store/history.ts';
import { openJournal } from './store/journal.ts';
import { TaskRunner } from './tasks/runner.ts';
import type { TaskHosts } from './tasks/taskHosts.ts';
import { Unfinished } from './unfinished.ts';

export interface BackendOptions {
  readonly dataFolder: string;
  readonly mode: OwnerMode;
  readonly clock?: Clock;
  /** Where passwords and passphrases that worked are remembered; this session's memory unless given. */
  readonly secrets?: SecretMemory;
  /** Another way to reach real hosts, for tests. */
  readonly openDriver?: OpenHostDriver;
  /** How a simulated world is started; by the Node that runs this unless given. */
  readonly worldProgram?: WorldProgram;
  /** Where tests strike a migration. */
  readonly onPhase?: PhaseHook;
}

export interface Backend {
  /** The contract in this very process. */
  client(requester: Requester): DroverClient;
  /** The contract over a message port: a desktop window. */
  acceptPort(port: SupportedMessagePort, requester: Requester): void;
  /** The contract over a WebSocket: a browser, or the command over the local socket. */
  acceptSocket(socket: WebSocket, requester: Requester): void;
  /** From now on whoever asks gets a fresh address of the browser console. */
  offerAddress(make: () => string): void;
  /** Lets tasks end for a while, then leaves them to the next start. */
  stop(): Promise<void>;
}

const stopPatienceMs = 5000;

/**
 * Everything that does the work, for whichever shell starts it. Becomes the owner of the data folder; throws
 * `data-folder-busy` where there is one, `data-folder-unusable` or `disk-full` where it cannot be used.
 */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { dataFolder, mode, clock = wallClock } = options;
  const owner = becomeOwner(dataFolder, mode, clock.now());
  const undo: (() => unknown)[] = [() => owner.release()];
  const close = async () => {
    for (const each of undo.toReversed()) await each();
  };
  try {
    const journal = openJournal(dataFolder, reportDamage);
    undo.push(() => journal.close());
    const history = openHistory(dataFolder, reportDamage, clock);
    undo.push(() => history.close());
    const claims = new ClaimLedger();
    const inventory = new Inventory({ clock, claims, store: journal.hosts });
    undo.push(() => inventory.close());
    const recorder = new Recorder({ clock, store: history.events });
    undo.push(() => recorder.close());
    undo.push(inventory.subscribe((patches) => recorder.heard(patches)));
    const monitoring = new Monitoring({
      clock,
      store: (samples, cluster, everyMs) => history.append(samples, cluster, everyMs),
      findVm: (id) => inventory.vm(id),
      cpusOf: (id) => inventory.host(id)?.capacity?.cpus,
    });
    undo.push(() => monitoring.close());
    const worlds = new Worlds({
      wall: clock,
      program: options.worldProgram ?? nodeWorldProgram(),
      console: `${localUser()} (${mode}, process ${process.pid})`,
    });
    undo.push(() => worlds.close());
    const openReal =
      options.openDriver ??
      libvirtDrivers({
        surroundings: defaultSurroundings({ dataFolder, secrets: options.secrets ?? createSecretMemory() }),
        clock,
        random: Math.random,
      });
    const openSimulated = simulatorDrivers({ world: (key) => worlds.get(key), random: Math.random });
    const registry = new HostRegistry({
      store: journal.hosts,
      open: (endpoint) =>
        endpoint.address.startsWith(simulatedScheme) ? openSimulated(endpoint) : openReal(endpoint),
      // The recorder first: it has the hosts' clocks by the time the inventory tells of their VMs.
      followers: [recorder, inventory, monitoring, forgetting(history)],
      newId: (kind) => `${kind}-${newId()}`,
    });
    undo.push(() => registry.close());
    const simulated = new SimulatedClusters({
      registry,
      worlds,
      places: new WorldPlaces(dataFolder),
      wall: clock,
      tell: (cluster) => inventory.clusterKnown(cluster),
    });
    const unfinished = new Unfinished();
    // A plan or the doctor may have a marker on a host: it is taken away before the connections are.
    undo.push(() => unfinished.end(clock, stopPatienceMs));
    const runner = new TaskRunner({
      records: journal.tasks,
      claims,
      clock,
      newId: () => taskId(`task-${newId()}`),
    });
    // It hears of those, too, that end while the runner is stopped.
    undo.push(runner.subscribe((task) => recorder.task(task)));
    undo.push(() => runner.stop(stopPatienceMs));

    const consoles = new Consoles({
      clock,
      vm: (id) => inventory.vm(id),
      hosts: () => inventory.view().hosts,
      driver: (id) => registry.driver(id),
      destination: (vm) => {
        const task = runner.unended().find(({ id }) => id === vm.heldBy);
        return task?.kind === 'migration' ? task.subject.hostIds[1] : undefined;
      },
      subscribe: (listener) => inventory.subscribe(() => listener()),
    });
    undo.push(() => consoles.close());

    const hosts = taskHosts(registry, inventory, claims);
    runner.register(
      migrationTaskKind({
        hosts,
        clock,
        ...(options.onPhase === undefined ? {} : { onPhase: options.onPhase }),
      }),
    );
    const definitions = new Definitions();
    for (const kind of lifecycleTaskKinds({ hosts, definitions })) runner.register(kind);
    runner.register(leftoverTaskKind({ hosts }));

    let newAddress: (() => string) | undefined;
    const router = createRouter({
      dataFolder,
      mode,
      clock,
      registry,
      simulated,
      inventory,
      monitoring,
      history,
      consoles,
      runner,
      definitions,
      recorder,
      records: journal.tasks,
      unfinished,
      planMigration: async (request) => ({
        ...(await unfinished.hold(plan({ registry, inventory, clock, unfinished }, request))),
        request: { kind: 'migration', request },
      }),
      newAddress: () => newAddress,
    });
    const ports = new PortHandler(router);
    const sockets = new SocketHandler(router);
    const acceptSocket = (socket: WebSocket, requester: Requester) => {
      void sockets.upgrade(socket, { context: { requester } });
    };
    const local = await listenLocally(owner.info.socketPath, (socket) =>
      acceptSocket(socket, { who: localUser(), via: 'command' }),
    );
    undo.push(async () => {
      // Other commands may have attached to this one, which ends sooner than they knew.
      if (mode === 'command') await local.drain(stopPatienceMs);
      await local.close();
    });
    const real = new Set(registry.clusters().flatMap(({ id, world }) => (world === undefined ? [id] : [])));
    recorder.takeUp(
      journal.tasks
        .ended(keptEndedTasks)
        .filter(({ subject }) => subject.clusterId !== undefined && real.has(subject.clusterId)),
    );
    simulated.start();
    registry.start();
    simulated.follow();
    runner.recover();
    return {
      client: (requester) => createRouterClient(router, { context: { requester } }),
      acceptPort(port, requester) {
        ports.upgrade(port, { context: { requester } });
        // A port of Electron holds its messages back until it is told that somebody listens.
        if ('start' in port && typeof port.start === 'function') port.start();
      },
      acceptSocket,
      offerAddress(make) {
        newAddress = make;
      },
      stop: close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function plan(
  services: Pick<Services, 'registry' | 'inventory' | 'clock' | 'unfinished'>,
  request: MigrationRequest,
) {
  const { registry, inventory, clock, unfinished } = services;
  const view = inventory.view();
  const { vm, from, to } = migrationParties(view, request);
  const source = registry.driver(from.id);
  const destination = registry.driver(to.id);
  if (source === undefined || destination === undefined) throw new Error('a host of the view has no driver');
  const facts = await gatherMigrationFacts({
    vm,
    from,
    to,
    ends: { source, destination },
    claimedPaths: claimedPaths(view, to.id),
    clock,
    unfinished,
  });
  // Asked again: the view may have moved on while the hosts answered.
  return planMigration(inventory.view(), request, facts);
}

function taskHosts(registry: HostRegistry, inventory: Inventory, claims: ClaimLedger): TaskHosts {
  return {
    driver: (id) => registry.driver(id),
    declaredDead: (id) => inventory.host(id)?.declaredDead ?? false,
    arrived: (taskId, host, memoryMiB) => claims.arrived(taskId, host, memoryMiB),
    clusterMates: (id) => {
      const { hosts } = inventory.view();
      const cluster = hosts.find((host) => host.id === id)?.clusterId;
      return hosts.filter((host) => host.clusterId === cluster && host.id !== id).map((host) => host.id);
    },
    look: (ids, uuid) => inventory.look(ids, uuid),
    watch: (ids: readonly HostId[], changed) =>
      inventory.subscribe((patches) => {
        if (patches.some((patch) => patch.kind === 'host' && ids.includes(patch.value.id))) changed();
      }),
  };
}

/** A cluster that is removed leaves no measurements and no events behind. */
function forgetting(history: { forget(cluster: ClusterId): void }): HostFollower {
  const nothing = () => undefined;
  return {
    clusterKnown: nothing,
    clusterGone(id) {
      history.forget(id);
    },
    attach: nothing,
    changed: nothing,
    detach: nothing,
  };
}

function reportDamage(what: string): void {
  console.error(what);
}

function newId(): string {
  return randomBytes(5).toString('hex');
}

function localUser(): string {
  return `${process.env['USER'] ?? process.env['USERNAME'] ?? 'somebody'}@this-machine`;
}
