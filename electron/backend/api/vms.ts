import { planResume } from '../lifecycle/resume.ts';
import { api } from './implementer.ts';
import type { Services } from './services.ts';

/** The verbs of a VM's life. */
export function vmHandlers(services: Services) {
  const { runner, inventory } = services;
  return {
    act: api.vms.act.handler(({ input, context }) => {
      if (input.action.verb !== 'resume') throw new Error('not built on this branch');
      return {
        taskId: runner.start(planResume(inventory.view(), input.vmId), {
          ...context.requester,
          ...(input.why === undefined ? {} : { why: input.why }),
        }),
      };
    }),
    define: api.vms.define.handler(() => {
      throw new Error('not built on this branch');
    }),
    xml: api.vms.xml.handler(() => {
      throw new Error('not built on this branch');
    }),
  };
}
