import { randomUUID } from 'node:crypto';
import { DroverError } from '#shared/contract/errors.ts';
import type { VmId } from '#shared/model/ids.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Requester } from '#shared/model/task.ts';
import type { VmAction } from '#shared/model/vmAction.ts';
import { readVmHistory } from '../activity/vmHistory.ts';
import { readDefinition } from '../lifecycle/definitions.ts';
import { planAction, planDefine } from '../lifecycle/plan.ts';
import { gatherVmDetails } from '../vmDetails/gather.ts';
import { SharedFiles } from '../vmDetails/sharedFiles.ts';
import { api } from './implementer.ts';
import type { Services } from './services.ts';

/** The verbs of a VM's life, and what is asked of one VM alone. */
export function vmHandlers(services: Services) {
  const { runner, inventory, registry, records, definitions, recorder } = services;
  const sharedFiles = new SharedFiles(services.clock, services.unfinished);
  return {
    act: api.vms.act.handler(({ input, context }) => {
      const repeated =
        input.idempotencyKey === undefined ? undefined : records.byIdempotencyKey(input.idempotencyKey);
      if (repeated !== undefined) return { taskId: repeated };
      const plan = planRequest(inventory, input.vmId, input.action);
      return { taskId: runner.start(plan, withWhy(context.requester, input.why), input.idempotencyKey) };
    }),
    define: api.vms.define.handler(({ input, context }) => {
      const definition = readDefinition(input.xml, randomUUID());
      const plan = planDefine(inventory.view(), input.hostId, definition);
      if (definitions.get(definition.uuid) !== undefined) {
        throw new DroverError({
          code: 'claimed',
          tried: plan.title,
          cause: `another task is defining a VM of the UUID ${definition.uuid}`,
          next: 'Wait for that task',
        });
      }
      const taskId = runner.start(plan, withWhy(context.requester, input.why));
      // Its first step comes later than this.
      definitions.hold(definition);
      return { taskId };
    }),
    xml: api.vms.xml.handler(async ({ input }) => {
      const { vm, driver } = knownVm(services, input.vmId, "Read a VM's definition");
      return { xml: await driver.domains.xml(vm.uuid, input.which) };
    }),
    details: api.vms.details.handler(async ({ input }) => {
      const { vm, driver } = knownVm(services, input.vmId, 'Look at a VM');
      const others = inventory
        .view()
        .hosts.filter(
          ({ id, clusterId, connection }) =>
            clusterId === vm.clusterId && id !== vm.hostId && connection.state === 'connected',
        )
        .flatMap(({ id }) => {
          const other = registry.driver(id);
          return other === undefined ? [] : [{ hostId: id, driver: other }];
        });
      return await gatherVmDetails(vm, { hostId: vm.hostId, driver }, others, sharedFiles);
    }),
    interfaces: api.vms.interfaces.handler(async ({ input }) => {
      const { vm, driver } = knownVm(services, input.vmId, "Look at a VM's network interfaces");
      const interfaces = await driver.domains.interfaces(vm.uuid);
      return { at: driver.clock.now(), interfaces };
    }),
    history: api.vms.history.handler(({ input }) => {
      const running = runner.unended().filter((task) => task.subject.vmId === input.vmId);
      return readVmHistory(
        {
          events: recorder.kept(),
          task: (id) => running.find((task) => task.id === id) ?? records.get(id),
          running,
          now: (vm) => recorder.now(vm),
        },
        input,
      );
    }),
  };
}

function knownVm({ inventory, registry }: Services, id: VmId, tried: string) {
  const vm = inventory.vm(id);
  const driver = vm === undefined ? undefined : registry.driver(vm.hostId);
  if (vm !== undefined && driver !== undefined) return { vm, driver };
  throw new DroverError({
    code: 'not-found',
    tried,
    cause: `no VM has the id ${id}; it may have been removed meanwhile`,
    next: 'Look at the list of VMs',
  });
}

/** One verb, planned with what was asked beside it. */
export function planRequest(inventory: Services['inventory'], vmId: VmId, action: VmAction): Plan {
  return { ...planAction(inventory.view(), vmId, action), request: { kind: 'act', vmId, action } };
}

export function withWhy(requester: Requester, why: string | undefined): Requester {
  return { ...requester, ...(why === undefined ? {} : { why }) };
}
