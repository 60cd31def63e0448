import { throwIfWithdrawn } from '#shared/contract/errors.ts';
import type { Plan, PlanRequest } from '#shared/model/plan.ts';
import { listActivity } from '../activity/listActivity.ts';
import { api } from './implementer.ts';
import type { Services } from './services.ts';
import { planRequest, withWhy } from './vms.ts';

/** What was asked of Drover: to be read, cancelled, and asked for again. */
export function taskHandlers(services: Services) {
  const { runner, recorder, records } = services;
  const planAgain = async (request: PlanRequest): Promise<Plan> =>
    request.kind === 'migration'
      ? await services.planMigration(request.request)
      : planRequest(services.inventory, request.vmId, request.action);
  return {
    list: api.tasks.list.handler(({ input }) => {
      const before = input.before === undefined ? undefined : { at: input.before, id: '' };
      const sources = { events: recorder.kept(), tasks: runner };
      const { entries } = listActivity(sources, { ...input.filter, what: 'tasks' }, input.limit, before);
      return entries.flatMap((entry) => (entry.kind === 'task' ? [entry.task] : []));
    }),
    get: api.tasks.get.handler(({ input }) => runner.get(input.taskId)),
    cancel: api.tasks.cancel.handler(({ input }) => {
      runner.cancel(input.taskId);
      return {};
    }),
    retry: api.tasks.retry.handler(async ({ input, context, signal }) => {
      const repeated =
        input.idempotencyKey === undefined ? undefined : records.byIdempotencyKey(input.idempotencyKey);
      if (repeated !== undefined) return { taskId: repeated };
      const plan = await planAgain(runner.requestOf(input.taskId));
      throwIfWithdrawn(signal, plan.title);
      const requester = withWhy(context.requester, `once more after ${input.taskId}`);
      return { taskId: runner.start(plan, requester, input.idempotencyKey) };
    }),
  };
}
