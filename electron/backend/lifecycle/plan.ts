import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostId, VmId } from '#shared/model/ids.ts';
import type { Claim, Plan, PlanStep } from '#shared/model/plan.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { VmAction } from '#shared/model/vmAction.ts';
import { canAct } from '#shared/rules/canAct.ts';
import { canDefine } from '#shared/rules/canDefine.ts';
import { mustBeAsked } from '#shared/rules/canStart.ts';
import { isLeftByMigration } from '#shared/rules/leftByMigration.ts';
import { type Surroundings, surroundingsOf } from '#shared/rules/surroundings.ts';
import type { View } from '../inventory/inventory.ts';
import { claimedMemoryMiB } from '../migration/plan.ts';
import type { DefineArguments } from './defineArguments.ts';
import type { LifecycleArguments } from './lifecycleArguments.ts';
import { titleOf, verbs } from './verbs.ts';

/** One verb on one VM. Throws `not-found`, or the reason of the rule. Same view and action: same plan, to the byte. */
export function planAction(view: View, vmId: VmId, action: VmAction): Plan {
  const vm = view.vms.find((each) => each.id === vmId);
  const around = vm === undefined ? undefined : surroundingsOf(vm, view, claimedMemoryMiB(view, vm.hostId));
  if (vm === undefined || around === undefined) {
    throw new DroverError({
      code: 'not-found',
      tried: `Work on a VM (${action.verb})`,
      cause: `no VM has the id ${vmId}; it may have been removed meanwhile`,
      next: 'Look at the list of VMs',
    });
  }
  const input = argumentsOf(vm, around, action);
  const title = titleOf(input);
  const verdict = canAct(vm, action, around);
  if (!verdict.allowed) throw new DroverError({ code: verdict.code, tried: title, cause: verdict.reason });
  return {
    kind: action.verb,
    title,
    subject: { clusterId: vm.clusterId, vmId, vmName: vm.name, hostIds: [vm.hostId] },
    claims: claimsOf(vm, action),
    steps: stepsOf(input),
    warnings: warningsOf(vm, around, action),
    rejected: [],
  };
}

function argumentsOf(vm: Vm, around: Surroundings, action: VmAction): LifecycleArguments {
  const { home, others } = around;
  const mustAnswer = new Set(mustBeAsked(vm, around).map((host) => host.id));
  // One that a person paused executes nowhere else: nobody needs to be asked.
  const asks = action.verb === 'resume' ? isLeftByMigration(vm) : makesInstance(action);
  return {
    vmId: vm.id,
    uuid: vm.uuid,
    vmName: vm.name,
    hostId: home.id,
    hostName: home.name,
    action,
    others: asks ? others.map(({ id, name }) => ({ id, name, mustAnswer: mustAnswer.has(id) })) : [],
  };
}

function makesInstance({ verb }: VmAction): boolean {
  return verb === 'start' || verb === 'restore';
}

function stepsOf(input: LifecycleArguments): readonly PlanStep[] {
  const { verb } = input.action;
  const step: PlanStep = {
    id: verb,
    kind: `lifecycle.${verb}`,
    title: titleOf(input),
    reason: verbs[verb].reason,
    arguments: input,
  };
  if (input.others.length === 0) return [step];
  const ask: PlanStep = {
    id: 'ask-others',
    kind: 'lifecycle.ask-others',
    title: `Ask ${input.others.map(({ name }) => name).join(', ')}`,
    reason: `one that runs ${input.vmName} already would share its disks with a second copy`,
    arguments: input,
  };
  return [ask, step];
}

function claimsOf(vm: Vm, action: VmAction): readonly Claim[] {
  const claims: Claim[] = [{ kind: 'vm', vmId: vm.id }];
  if (makesInstance(action)) {
    claims.push({ kind: 'host-memory', hostId: vm.hostId, memoryMiB: vm.memoryMiB });
  }
  if (action.verb === 'rename') {
    claims.push({ kind: 'name', clusterId: vm.clusterId, name: action.name });
  }
  return claims;
}

function warningsOf(vm: Vm, around: Surroundings, action: VmAction): readonly string[] {
  const unasked = around.others.filter(
    (host) => !host.declaredDead && !around.askedHostIds.includes(host.id),
  );
  return [
    ...(makesInstance(action) && unasked.length > 0
      ? [
          `${unasked.map((host) => host.name).join(', ')} cannot be asked whether ${vm.name} runs there. Nothing known says so.`,
        ]
      : []),
    ...(!vm.persistent && (action.verb === 'shut-down' || action.verb === 'force-off')
      ? [`${vm.name} is defined only while it runs: its definition goes when it ends.`]
      : []),
  ];
}

/** A new definition on a host. `definition` is what its XML says; the XML itself stays out of the journal. */
export function planDefine(
  view: View,
  hostId: HostId,
  definition: { readonly name: string; readonly uuid: string },
): Plan {
  const host = view.hosts.find((each) => each.id === hostId);
  if (host === undefined) {
    throw new DroverError({
      code: 'not-found',
      tried: `Define ${definition.name}`,
      cause: `no host has the id ${hostId}`,
      next: 'Look at the list of hosts',
    });
  }
  const title = `Define ${definition.name} on ${host.name}`;
  const vms = view.vms.filter((vm) => vm.clusterId === host.clusterId);
  const verdict = canDefine(definition, host, vms);
  if (!verdict.allowed) throw new DroverError({ code: verdict.code, tried: title, cause: verdict.reason });
  return definePlan(title, host, { ...definition, hostId, hostName: host.name });
}

function definePlan(title: string, host: Host, input: DefineArguments): Plan {
  return {
    kind: 'define',
    title,
    subject: { clusterId: host.clusterId, vmName: input.name, hostIds: [host.id] },
    claims: [{ kind: 'name', clusterId: host.clusterId, name: input.name }],
    steps: [
      {
        id: 'define',
        kind: 'lifecycle.define',
        title,
        reason: 'it is inactive afterwards',
        arguments: input,
      },
    ],
    warnings: [],
    rejected: [],
  };
}
