import { strike } from '../faults/faults.ts';
import { guestBootedAt } from '../faults/status.ts';
import { api } from './api.ts';
import { ask } from './askProcedure.ts';
import { consoles } from './consoleProcedures.ts';
import { domains } from './domainProcedures.ts';
import { hello } from './hello.ts';
import { host, session } from './hostProcedures.ts';
import { migration } from './migrationProcedures.ts';
import { storage } from './storageProcedures.ts';
import { watch } from './watch.ts';

export function createRouter() {
  return api.router({
    hello,
    watch,
    clock: {
      set: api.clock.set.handler(({ input, context }) => {
        context.simulation.clock.set(input);
        return {};
      }),
      step: api.clock.step.handler(async ({ input, context }) => {
        await context.simulation.clock.step(input.milliseconds);
        return {};
      }),
      jump: api.clock.jump.handler(({ context }) => context.simulation.clock.jump()),
    },
    fault: api.fault.handler(({ input, context }) => {
      strike(context.simulation.world, input);
      return {};
    }),
    guestBootedAt: api.guestBootedAt.handler(({ input, context }) =>
      guestBootedAt(context.simulation.world, input.uuid),
    ),
    end: api.end.handler(({ input, context }) => {
      context.end(input.forget);
      return {};
    }),
    ask,
    session,
    host,
    domains,
    consoles,
    storage,
    migration,
  });
}
