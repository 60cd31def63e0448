import { DroverError, throwIfWithdrawn } from '#shared/contract/errors.ts';
import { canMigrate } from '#shared/rules/canMigrate.ts';
import { listActivity } from '../activity/listActivity.ts';
import { claimedMemoryMiB } from '../migration/plan.ts';
import { droverVersion } from '../version.ts';
import { refuseWhileBusy } from './busy.ts';
import { clusterHandlers } from './clusters.ts';
import { consoleHandlers } from './consoles.ts';
import { diagnoseHandler } from './diagnose.ts';
import { loadEvents, loadHistory } from './history.ts';
import { api } from './implementer.ts';
import { liveState, watchLive, watchSamples } from './live.ts';
import type { Services } from './services.ts';
import { taskHandlers } from './tasks.ts';
import { vmHandlers, withWhy } from './vms.ts';

/** The contract's handlers: each asks the room that knows, and says nothing itself. */
export function createRouter(services: Services) {
  const { registry, runner, inventory } = services;
  return api.router({
    system: {
      info: api.system.info.handler(() => ({
        version: droverVersion,
        dataFolder: services.dataFolder,
        pid: process.pid,
        mode: services.mode,
      })),
      newAddress: api.system.newAddress.handler(() => {
        const make = services.newAddress();
        if (make !== undefined) return { address: make() };
        throw new DroverError({
          code: 'data-folder-busy',
          tried: 'Make an address for a browser',
          cause: `the ${services.mode === 'desktop' ? 'desktop app' : 'command'} (process ${process.pid}) works with this data folder and serves no browser`,
          next: 'Use that one, end it and run "drover serve" again, or choose another data folder with --data',
        });
      }),
      runningTasks: api.system.runningTasks.handler(() => ({ count: runner.runningCount() })),
    },
    live: {
      watch: api.live.watch.handler(({ signal }) => watchLive(services, signal)),
      snapshot: api.live.snapshot.handler(() => liveState(services)),
      samples: api.live.samples.handler(({ signal }) => watchSamples(services, signal)),
    },
    history: {
      load: api.history.load.handler(({ input }) => loadHistory(services, input)),
      events: api.history.events.handler(({ input }) => loadEvents(services, input)),
    },
    hosts: {
      add: api.hosts.add.handler(async ({ input, signal }) => {
        const { id } = await registry.add(input, signal);
        const host = inventory.view().hosts.find((each) => each.id === id);
        if (host === undefined) throw new Error(`host ${id} was added and is not there`);
        return host;
      }),
      remove: api.hosts.remove.handler(async ({ input }) => {
        refuseWhileBusy(services, 'Remove a host', [input.hostId]);
        await registry.remove(input.hostId);
        return {};
      }),
      reconnect: api.hosts.reconnect.handler(async ({ input, signal }) => {
        await registry.reconnect(input.hostId, input.credentials, signal);
        return {};
      }),
      declareDead: api.hosts.declareDead.handler(({ input }) => {
        registry.declareDead(input.hostId, input.dead);
        return {};
      }),
      diagnose: diagnoseHandler(services),
    },
    clusters: clusterHandlers(services),
    vms: vmHandlers(services),
    consoles: consoleHandlers(services),
    migrations: {
      destinations: api.migrations.destinations.handler(({ input }) => {
        const view = inventory.view();
        const vm = view.vms.find((each) => each.id === input.vmId);
        const from = view.hosts.find((host) => host.id === vm?.hostId);
        if (vm === undefined || from === undefined) return [];
        return view.hosts
          .filter((host) => host.clusterId === vm.clusterId && host.id !== from.id)
          .map((host) => {
            const verdict = canMigrate(vm, from, host, input.options, claimedMemoryMiB(view, host.id));
            return verdict.allowed
              ? { hostId: host.id, allowed: true }
              : { hostId: host.id, allowed: false, reason: verdict.reason };
          });
      }),
      plan: api.migrations.plan.handler(({ input }) => services.planMigration(input)),
      start: api.migrations.start.handler(async ({ input, context, signal }) => {
        const repeated =
          input.idempotencyKey === undefined
            ? undefined
            : services.records.byIdempotencyKey(input.idempotencyKey);
        if (repeated !== undefined) return { taskId: repeated };
        const plan = await services.planMigration(input.request);
        // Whoever asked has withdrawn it while the hosts were asked.
        throwIfWithdrawn(signal, plan.title);
        return { taskId: runner.start(plan, withWhy(context.requester, input.why), input.idempotencyKey) };
      }),
    },
    tasks: taskHandlers(services),
    activity: {
      list: api.activity.list.handler(({ input }) =>
        listActivity(
          { events: services.recorder.kept(), tasks: runner },
          input.filter,
          input.limit,
          input.before,
        ),
      ),
    },
  });
}
