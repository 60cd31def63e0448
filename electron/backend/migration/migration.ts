import type { MigrationResult, MigrationStepTime } from '#shared/model/migration.ts';
import { migrationStations } from '#shared/model/migration.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Clock } from '../clock/clock.ts';
import type { TaskKind } from '../tasks/step.ts';
import type { TaskHosts } from '../tasks/taskHosts.ts';
import {
  closeEnvironment,
  type MigrationEnvironment,
  openEnvironment,
  type PhaseHook,
} from './environment.ts';
import { migrationArgumentsSchema, migrationKind } from './migrationArguments.ts';
import { activate, activateMemoSchema } from './steps/activate.ts';
import { commit } from './steps/commit.ts';
import { stationMemoSchema } from './steps/defineStep.ts';
import { initialise } from './steps/initialise.ts';
import { preCopy } from './steps/preCopy.ts';
import { reserve } from './steps/reserve.ts';
import { stopAndCopy } from './steps/stopAndCopy.ts';

/** Live migration as a kind of task: six stations, one decision on how it ended. */
export function migrationTaskKind(input: {
  readonly hosts: TaskHosts;
  /** For a task whose hosts are gone; otherwise its cluster's counts. */
  readonly clock: Clock;
  readonly onPhase?: PhaseHook;
}): TaskKind<MigrationEnvironment> {
  const { hosts, clock, onPhase = () => undefined } = input;
  return {
    kind: migrationKind,
    steps: [initialise, reserve, preCopy, stopAndCopy, commit, activate],
    open: async ({ taskId, plan }) =>
      openEnvironment({ taskId, hosts, clock: clusterClock(hosts, plan) ?? clock, onPhase }),
    async close(environment, plan) {
      await closeEnvironment(environment);
      const { uuid } = migrationArgumentsSchema.parse(plan.steps[0]?.arguments);
      await hosts.look(plan.subject.hostIds, uuid);
    },
    watch: (plan, wake) => hosts.watch(plan.subject.hostIds, wake),
    end(context, plan) {
      const { vmName, fromHostName, toHostName, copyStorage, createImages } = migrationArgumentsSchema.parse(
        plan.steps[0]?.arguments,
      );
      const left =
        copyStorage === 'none'
          ? ''
          : ` Its old disks are left on ${fromHostName}: ${createImages.map((image) => image.path).join(', ')}.`;
      const result = resultOf((stepId) => context.memo(stepId));
      return {
        outcome: `${vmName} moved from ${fromHostName} to ${toHostName}.${left}`,
        ...(result === undefined ? {} : { migration: result }),
      };
    },
  };
}

/** Deadlines and figures are in the time of the cluster that the VM moves in. */
function clusterClock(hosts: TaskHosts, { subject }: Plan): Clock | undefined {
  for (const id of subject.hostIds) {
    const clock = hosts.driver(id)?.clock;
    if (clock !== undefined) return clock;
  }
  return undefined;
}

/** undefined where Drover was not there to measure: a task that was finished by recovery has no figures of its own. */
function resultOf(memo: (stepId: string) => unknown): MigrationResult | undefined {
  const figures = activateMemoSchema.safeParse(memo('activate'));
  if (!figures.success) return undefined;
  const { memoryBytes = 0, diskBytes = 0, rounds = 0, downtimeMs, transferMs } = figures.data;
  // A figure that nobody measured is not shown as nought.
  if (transferMs === undefined || downtimeMs === undefined) return undefined;
  const steps = migrationStations.flatMap((station, step): readonly MigrationStepTime[] => {
    const time = stationMemoSchema.safeParse(memo(station));
    return time.success ? [{ step, station, durationMs: time.data.durationMs }] : [];
  });
  return {
    memoryBytes,
    diskBytes,
    rounds,
    downtimeMs,
    transferMs,
    totalMs: steps.reduce((sum, step) => sum + step.durationMs, 0),
    steps,
  };
}
