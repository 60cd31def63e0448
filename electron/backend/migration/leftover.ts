import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import { hostIdSchema, vmIdSchema } from '#shared/model/ids.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { FollowUp, ProbeVerdict, StepContext, StepKind, TaskKind } from '../tasks/step.ts';
import type { TaskHosts } from '../tasks/taskHosts.ts';
import { askHost, destroyIncoming, messageOf } from './ends.ts';
import { decideLeftover } from './leftoverVerdict.ts';
import { incomingCopyClaim, type MigrationArguments } from './migrationArguments.ts';

const leftoverKind = 'migration-leftover';

const argumentsSchema = z.object({
  vmId: vmIdSchema,
  uuid: z.string(),
  vmName: z.string(),
  toHostId: hostIdSchema,
  toHostName: z.string(),
  /** Empty images that the migration made there, and the token that makes them its own. */
  images: z.array(z.string()),
  token: z.string(),
});
type LeftoverArguments = z.infer<typeof argumentsSchema>;

const memoSchema = z.object({ finding: z.string() });

interface LeftoverEnvironment {
  readonly hosts: TaskHosts;
}
type LeftoverContext = StepContext<LeftoverEnvironment>;

const leftFactSchema = z.object({ left: z.literal('unknown') });
/** Journalled by a migration that could not see to its incoming copy, because the destination is silent. */
export const leftFact: z.infer<typeof leftFactSchema> = { left: 'unknown' };

/** What a migration that was taken back leaves to a later task; undefined where nothing can be left. */
export function leftoverOf(
  context: Pick<LeftoverContext, 'facts' | 'taskId'>,
  migration: Plan,
  input: MigrationArguments,
): FollowUp | undefined {
  if (!context.facts().some((fact) => leftFactSchema.safeParse(fact).success)) return undefined;
  const { vmId, uuid, vmName, toHostId, toHostName } = input;
  const { clusterId } = migration.subject;
  const images = input.createImages.map(({ path }) => path);
  const step: LeftoverArguments = {
    vmId,
    uuid,
    vmName,
    toHostId,
    toHostName,
    images,
    token: context.taskId,
  };
  return {
    said: `${toHostName} does not answer: a copy of ${vmName} that has never run may wait there. Drover ends it when ${toHostName} answers.`,
    plan: {
      kind: leftoverKind,
      title: `End what waits on ${toHostName} for ${vmName}`,
      subject: { ...migration.subject, hostIds: [toHostId] },
      claims: clusterId === undefined ? [] : [incomingCopyClaim(clusterId, uuid, toHostId)],
      steps: [
        {
          id: 'end',
          kind: leftoverKind,
          title: `End the copy of ${vmName} on ${toHostName} that has never run`,
          reason: 'a migration was taken back while that host did not answer',
          arguments: step,
        },
      ],
      warnings: [],
      rejected: [],
    },
  };
}

const endLeftover: StepKind<LeftoverEnvironment, unknown, unknown> = {
  kind: leftoverKind,
  arguments: argumentsSchema,
  memo: memoSchema,
  async do(context, raw) {
    const input = argumentsSchema.parse(raw);
    const ended = await tryToEnd(context, input);
    if (ended.verdict === 'done') return ended.memo;
    throw new DroverError({
      code: 'undecided',
      tried: `End what waits on ${input.toHostName} for ${input.vmName}`,
      cause: ended.finding,
    });
  },
  /** Ended is ended. */
  undo: async () => undefined,
  /** Asking and ending are one, and safe to repeat. */
  probe: (context, raw) => tryToEnd(context, argumentsSchema.parse(raw)),
};

async function tryToEnd(
  context: LeftoverContext,
  input: LeftoverArguments,
): Promise<Extract<ProbeVerdict, { verdict: 'done' | 'unknown' }>> {
  const { hosts } = context.environment;
  const { uuid, vmName, toHostId, toHostName } = input;
  const done = (finding: string) => ({ verdict: 'done' as const, memo: { finding }, finding });
  if (hosts.driver(toHostId) === undefined) {
    return done(`${toHostName} was removed from Drover; what may wait there for ${vmName} stays.`);
  }
  const [there, ...others] = await Promise.all(
    [toHostId, ...hosts.clusterMates(toHostId)].map((id) => askHost(context, id, uuid)),
  );
  if (there === undefined) throw new Error('a host was asked and has no word');
  const verdict = decideLeftover({ vmName, hostName: toHostName, there, others });
  switch (verdict.is) {
    case 'to-be-asked-again':
      return { verdict: 'unknown', finding: verdict.finding };
    case 'something-else':
      return done(verdict.finding);
    case 'gone':
      // A definition that is there may be of a later move, and have the images for its own.
      if (there.kind === 'absent') await removeImages(context, input);
      return done(verdict.finding);
    case 'waiting':
      await destroyIncoming(context, input);
      await removeImages(context, input);
      return done(`The copy of ${vmName} that waited on ${toHostName} was ended; it had never run.`);
    default:
      return verdict satisfies never;
  }
}

async function removeImages(context: LeftoverContext, input: LeftoverArguments): Promise<void> {
  const storage = context.environment.hosts.driver(input.toHostId)?.storage;
  for (const path of input.images) {
    await storage?.removeImage(path, input.token).catch((thrown: unknown) => {
      context.log('warning', `The empty image ${path} could not be removed: ${messageOf(thrown)}`);
    });
  }
}

/** Ends what a migration left on a host that was silent when it was taken back, as soon as that host answers. */
export function leftoverTaskKind(environment: LeftoverEnvironment): TaskKind<LeftoverEnvironment> {
  const { hosts } = environment;
  return {
    kind: leftoverKind,
    steps: [endLeftover],
    open: async () => environment,
    async close(_environment, plan) {
      const { uuid } = argumentsSchema.parse(plan.steps[0]?.arguments);
      await hosts.look(plan.subject.hostIds, uuid);
    },
    watch: (plan, wake) =>
      hosts.watch(
        plan.subject.hostIds.flatMap((id) => [id, ...hosts.clusterMates(id)]),
        wake,
      ),
    end: (context) => ({ outcome: memoSchema.parse(context.memo('end')).finding }),
  };
}
