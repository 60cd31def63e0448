import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import { hostIdSchema, type VmId, vmIdSchema } from '#shared/model/ids.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Vm } from '#shared/model/vm.ts';
import { canResume } from '#shared/rules/canResume.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type { View } from '../inventory/inventory.ts';
import type { MigrationHosts } from '../migration/environment.ts';
import type { StepKind, TaskKind } from '../tasks/step.ts';

const argumentsSchema = z.object({
  vmId: vmIdSchema,
  uuid: z.string(),
  vmName: z.string(),
  hostId: hostIdSchema,
  hostName: z.string(),
  /** Every other host of the cluster: each may hold a running copy. */
  others: z.array(z.object({ id: hostIdSchema, name: z.string() })),
});
type ResumeArguments = z.infer<typeof argumentsSchema>;

export interface ResumeEnvironment {
  readonly hosts: MigrationHosts;
}

const askDeadlineMs = 8000;

/** One step; throws the reason of the rule where it may not be taken. */
export function planResume(view: View, vmId: VmId): Plan {
  const vm = view.vms.find((each) => each.id === vmId);
  const home = view.hosts.find((host) => host.id === vm?.hostId);
  if (vm === undefined || home === undefined) {
    throw new DroverError({
      code: 'not-found',
      tried: 'Resume a VM',
      cause: `no VM has the id ${vmId}`,
      next: 'Look at the list of VMs',
    });
  }
  const others = view.hosts.filter((host) => host.clusterId === vm.clusterId && host.id !== home.id);
  // Whether the others were asked is for the step: it asks them. What they need for that is a connection.
  const reachable = others.filter((host) => host.connection.state === 'connected').map((host) => host.id);
  refuseUnlessAllowed(vm, home, others, reachable);
  const input: ResumeArguments = {
    vmId,
    uuid: vm.uuid,
    vmName: vm.name,
    hostId: home.id,
    hostName: home.name,
    others: others.map(({ id, name }) => ({ id, name })),
  };
  return {
    kind: 'resume',
    title: `Resume ${vm.name} on ${home.name}`,
    subject: { clusterId: vm.clusterId, vmId, vmName: vm.name, hostIds: [home.id] },
    claims: [{ kind: 'vm', vmId }],
    steps: [
      {
        id: 'resume',
        kind: 'resume',
        title: `Resume ${vm.name}`,
        reason:
          vm.reason === 'migration'
            ? 'a migration left it paused; the other hosts are asked first'
            : 'it is paused',
        arguments: input,
      },
    ],
    warnings: [],
    rejected: [],
  };
}

function refuseUnlessAllowed(vm: Vm, home: Host, others: readonly Host[], asked: readonly string[]): void {
  const verdict = canResume(vm, home, others, asked);
  if (verdict.allowed) return;
  throw new DroverError({ code: verdict.code, tried: `Resume ${vm.name}`, cause: verdict.reason });
}

const resumeStep: StepKind<ResumeEnvironment, unknown, unknown> = {
  kind: 'resume',
  arguments: argumentsSchema,
  memo: z.object({}),
  async do({ environment }, raw) {
    const input = argumentsSchema.parse(raw);
    const driver = requireHome(environment, input);
    const state = await driver.domains.state(input.uuid);
    if (state?.state !== 'paused') {
      throw new DroverError({
        code: 'precondition-changed',
        tried: `Resume ${input.vmName}`,
        cause: `it is ${state?.state ?? 'no longer'} on ${input.hostName}`,
        next: 'Look at the VM',
      });
    }
    if (state.reason === 'migration' || state.reason === 'post-copy' || state.reason === 'post-copy-failed') {
      await requireNotElsewhere(environment, input);
    }
    await driver.domains.resume(input.uuid);
    return {};
  },
  undo: async () => undefined,
  async probe({ environment }, raw) {
    const input = argumentsSchema.parse(raw);
    const state = await requireHome(environment, input).domains.state(input.uuid);
    return state?.state === 'active'
      ? { verdict: 'done', memo: {}, finding: `${input.vmName} runs on ${input.hostName}.` }
      : { verdict: 'not-done', finding: `${input.vmName} is ${state?.state ?? 'not'} on ${input.hostName}.` };
  },
};

function requireHome(environment: ResumeEnvironment, input: ResumeArguments): HostDriver {
  const driver = environment.hosts.driver(input.hostId);
  if (driver !== undefined) return driver;
  throw new DroverError({
    code: 'not-found',
    tried: `Resume ${input.vmName}`,
    cause: `${input.hostName} was removed from Drover meanwhile`,
  });
}

/** Each other host is asked just before; one that is silent counts only if the operator has declared it dead. */
async function requireNotElsewhere(environment: ResumeEnvironment, input: ResumeArguments): Promise<void> {
  for (const other of input.others) {
    if (environment.hosts.declaredDead(other.id)) continue;
    const driver = environment.hosts.driver(other.id);
    if (driver === undefined) {
      throw new DroverError({
        code: 'precondition-changed',
        tried: `Resume ${input.vmName} on ${input.hostName}`,
        cause: `${other.name}, which may run it too, was removed from Drover meanwhile and cannot be asked`,
        next: `Look there by hand, or add ${other.name} again, and ask once more`,
      });
    }
    const state = await driver.domains.state(input.uuid, { deadlineMs: askDeadlineMs });
    if (state === undefined || state.state === 'inactive' || state.state === 'suspended') continue;
    throw new DroverError({
      code: 'refused-by-rule',
      tried: `Resume ${input.vmName} on ${input.hostName}`,
      cause: `${other.name} has a copy of it that is ${state.state}; two running copies would corrupt its disks`,
      next: `Look at the copy on ${other.name} first`,
    });
  }
}

export function resumeTaskKind(environment: ResumeEnvironment): TaskKind<ResumeEnvironment> {
  return {
    kind: 'resume',
    steps: [resumeStep],
    open: async () => environment,
    async close({ hosts }, plan) {
      const { uuid } = argumentsSchema.parse(plan.steps[0]?.arguments);
      await hosts.look(plan.subject.hostIds, uuid);
    },
    watch: (plan, wake) => environment.hosts.watch(plan.subject.hostIds, wake),
    end(_context, plan) {
      const { vmName, hostName } = argumentsSchema.parse(plan.steps[0]?.arguments);
      return { outcome: `${vmName} runs on ${hostName}.` };
    },
  };
}
