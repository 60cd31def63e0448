import type { ErrorData } from '#shared/contract/errors.ts';
import { taskId } from '#shared/model/ids.ts';
import type { Task } from '#shared/model/task.ts';
import { serverA, serverB, vmNamed } from './fakeCluster.ts';
import { fakeCourse } from './fakeMigration.ts';
import { failedTask, fakePlan, fakeTask, taskAt } from './fakeTasks.ts';
import type { FakeWorld } from './fakeWorld.ts';

const options = { copyStorage: false, autoConverge: false, postCopy: false };

const noRoute: ErrorData = {
  code: 'host-unreachable',
  message: 'Connect to ops@10.77.0.3:22: no route to host. Check the address, and that the machine is on.',
  next: 'Check the address, and that the machine is on.',
};

/** Brings the scripted cluster to a moment worth looking at. */
export function stage(world: FakeWorld, scene: string): void {
  const [a, b] = [world.host(serverA), world.host(serverB)];
  const plan = fakePlan(vmNamed(world.vms.values(), 'web-01'), a, b, options, []);
  switch (scene) {
    case 'history':
      world.put(
        { kind: 'task', value: failedTask(world.now, plan) },
        { kind: 'task', value: finished(world, 'database-01', 2) },
      );
      break;
    case 'migrating':
      stage(world, 'history');
      world.startMigration(
        { vmId: vmNamed(world.vms.values(), 'web-03').id, toHostId: serverB, options },
        undefined,
      );
      break;
    case 'trouble':
      stage(world, 'history');
      world.put(
        {
          kind: 'host',
          value: {
            ...b,
            connection: {
              state: 'unreachable',
              since: world.now - 90_000,
              error: noRoute,
              retryAt: world.now + 20_000,
            },
          },
        },
        ...[...world.vms.values()]
          .filter((vm) => vm.hostId === serverB)
          .map((vm) => ({ kind: 'vm' as const, value: { ...vm, current: false } })),
        {
          kind: 'vm',
          value: {
            ...vmNamed(world.vms.values(), 'web-01'),
            state: 'paused',
            reason: 'migration',
            copies: [{ hostId: serverB, role: 'incoming', state: 'unknown', reason: 'unspecified' }],
          },
        },
        { kind: 'task', value: undecided(world) },
      );
      break;
    default:
      throw new Error(`the fake backend knows no scene "${scene}"`);
  }
}

function finished(world: FakeWorld, vmName: string, hoursAgo: number): Task {
  const vm = vmNamed(world.vms.values(), vmName);
  const plan = fakePlan(vm, world.host(serverA), world.host(serverB), options, []);
  const course = fakeCourse(vm.memoryMiB, 118, 44);
  return taskAt(fakeTask(taskId(`task-${vmName}`), plan, world.now - hoursAgo * 3_600_000), course, 1e9);
}

function undecided(world: FakeWorld): Task {
  const vm = vmNamed(world.vms.values(), 'web-01');
  const plan = fakePlan(vm, world.host(serverA), world.host(serverB), options, []);
  const course = fakeCourse(vm.memoryMiB, 118, 38);
  const at = taskAt(
    fakeTask(taskId('task-undecided'), plan, world.now - 110_000),
    course,
    course.endsMs['stop-and-copy'] + 20,
  );
  return {
    ...at,
    state: 'undecided',
    outcome: 'web-01 stays paused on server-a: server-b may have started it and does not answer.',
    error: { ...noRoute, code: 'undecided' },
  };
}
