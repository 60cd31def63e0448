import type { Host } from '#shared/model/host.ts';
import { type TaskId, taskId } from '#shared/model/ids.ts';
import { type MigrationOptions, migrationStations } from '#shared/model/migration.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Task, TaskStep } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { type FakeCourse, fakeProgress, fakeResult } from './fakeMigration.ts';

const stepTitles = (vm: Vm, from: Host, to: Host, options: MigrationOptions) =>
  [
    [
      `Ask ${from.name} for ${vm.name}'s definition`,
      `${vm.name} runs there; a marker written beside each disk on the source was read at ${to.name}, so both see the same files`,
    ],
    [`Reserve ${vm.memoryMiB} MiB on ${to.name}`, `an empty copy of ${vm.name} waits there for its memory`],
    ['Copy the memory while the guest runs', 'pages written meanwhile are sent again, round by round'],
    [
      'Stop the guest and copy the rest',
      `what remains fits the allowed downtime of ${options.maxDowntimeMs ?? 300} ms`,
    ],
    [`Start ${vm.name} on ${to.name}`, 'everything has arrived; from here it runs there'],
    [
      `Remove ${vm.name} from ${from.name}`,
      'the network finds the guest at its new host; one definition remains',
    ],
  ] as const;

export function fakePlan(
  vm: Vm,
  from: Host,
  to: Host,
  options: MigrationOptions,
  others: readonly Host[],
): Plan {
  return {
    kind: 'migration',
    title: `Migrate ${vm.name} from ${from.name} to ${to.name}`,
    subject: { clusterId: vm.clusterId, vmId: vm.id, vmName: vm.name, hostIds: [from.id, to.id] },
    claims: [{ kind: 'vm', vmId: vm.id }],
    steps: migrationStations.map((station, index) => {
      const [title = station, reason = ''] = stepTitles(vm, from, to, options)[index] ?? [];
      return { id: station, kind: `migration.${station}`, title, reason, arguments: {} };
    }),
    warnings: [
      `${vm.name}'s memory crosses the network between ${from.name} and ${to.name} as plaintext.`,
      'libvirt is told to skip its own check of shared storage (its "unsafe" flag), because it knows only a few file systems by name; Drover has proven instead that both hosts see the same files and that the cache mode is safe.',
      ...(options.postCopy
        ? [
            `Post-copy: once switched over, ${vm.name}'s memory lies on both hosts, and losing either host or the link between them before the end can lose the VM. It cannot be cancelled then.`,
          ]
        : []),
    ],
    rejected: others.map((host) => ({
      title: host.name,
      reason: 'It could take it too; it was not asked for.',
    })),
  };
}

export function fakeTask(id: TaskId, plan: Plan, at: number, who = 'ops'): Task {
  return {
    id,
    kind: plan.kind,
    title: plan.title,
    subject: plan.subject,
    requestedBy: { who, via: 'desktop' },
    state: 'running',
    createdAt: at,
    startedAt: at,
    steps: plan.steps.map(({ id, kind, title, reason }) => ({ id, kind, title, reason, state: 'waiting' })),
    warnings: plan.warnings,
    log: [{ at, level: 'info', text: `${plan.title}: begun` }],
  };
}

/** The task as it stands `elapsedMs` after its start; ended, it keeps its picture. */
export function taskAt(task: Task, course: FakeCourse, elapsedMs: number): Task {
  const startedAt = task.startedAt ?? 0;
  const steps = task.steps.map((step, index): TaskStep => {
    const station = migrationStations[index] ?? 'activate';
    const before = migrationStations[index - 1];
    const begins = before === undefined ? 0 : course.endsMs[before];
    const ends = course.endsMs[station];
    if (elapsedMs < begins) return { ...step, state: 'waiting' };
    if (elapsedMs < ends) return { ...step, state: 'running', startedAt: startedAt + begins };
    return { ...step, state: 'done', startedAt: startedAt + begins, finishedAt: startedAt + ends };
  });
  const progress = fakeProgress(course, Math.min(elapsedMs, course.totalMs));
  const round = progress.rounds.at(-1)?.round ?? 0;
  const shown: Task = {
    ...task,
    steps,
    progress: {
      share: Math.min(1, elapsedMs / course.totalMs),
      detail:
        progress.station === 'pre-copy'
          ? `Copying the memory, round ${round}`
          : (steps.find((step) => step.state === 'running')?.title ?? 'Finishing'),
      migration: progress,
    },
  };
  if (elapsedMs < course.totalMs) {
    return elapsedMs < course.endsMs['pre-copy']
      ? shown
      : {
          ...shown,
          cancelRefused: 'The guest is being switched over; in a moment it runs on the other host.',
        };
  }
  const finishedAt = startedAt + course.totalMs;
  return {
    ...shown,
    state: 'succeeded',
    finishedAt,
    outcome: `${task.subject.vmName} runs on server-b.`,
    migration: fakeResult(course),
    log: [
      ...task.log,
      {
        at: finishedAt,
        level: 'info',
        text: `${task.subject.vmName} runs on server-b; 1 definition remains`,
      },
    ],
  };
}

export function failedTask(at: number, plan: Plan): Task {
  const base = fakeTask(taskId('task-failed'), plan, at - 3_600_000, 'maria');
  return {
    ...base,
    state: 'failed',
    finishedAt: at - 3_594_000,
    steps: base.steps.map((step, index) => ({
      ...step,
      state: index === 0 ? 'undone' : index === 1 ? 'failed' : 'skipped',
    })),
    outcome: `${plan.subject.vmName} still runs on server-a; nothing was changed.`,
    error: {
      code: 'migration-port-closed',
      message: `${plan.title}: the source cannot reach 10.77.0.3 port 49152, where server-b takes migrations in (connection timed out). Open the ports from 49152 on in the firewall of server-b.`,
      next: 'Open the ports from 49152 on in the firewall of server-b.',
    },
    log: [
      ...base.log,
      { at: at - 3_598_000, level: 'info', text: 'server-a: Begin answered in 7 ms' },
      { at: at - 3_594_000, level: 'problem', text: 'server-a: connect to 10.77.0.3:49152 timed out' },
    ],
  };
}
