import type { Finding } from '#shared/model/diagnosis.ts';
import type { CpuCompatibility } from '../drivers/migration.ts';
import type { Asked } from '../questions.ts';
import type { End } from './facts.ts';
import { type Fix, fine, found, listed, notKnown } from './finding.ts';
import { sshTo, workstation } from './fix.ts';

const manyFlags = 8;

/** KVM at both ends or neither, one architecture, and a CPU there that lacks nothing. */
export function processorFindings(from: End, to: End, cpu: Asked<CpuCompatibility>): readonly Finding[] {
  return [...kvm(from, to), cpuFinding(from, to, cpu)];
}

function kvm(from: End, to: End): readonly Finding[] {
  if (from.facts.kvm !== 'usable' || to.facts.kvm === 'usable') return [];
  const needing = from.vms.filter((vm) => vm.domainType === 'kvm').map((vm) => vm.name);
  const emulated = from.vms.length - needing.length;
  return [
    found(
      emulated === 0 ? 'blocking' : 'warning',
      'migration.kvm',
      `VMs that use KVM cannot move to ${to.host.name}, which has none.`,
      {
        cause:
          needing.length === 0
            ? `Look ${to.host.name} over for why it has no KVM.`
            : `${listed(needing)} ${needing.length === 1 ? 'uses' : 'use'} it. Look ${to.host.name} over for why it has no KVM.`,
        fix: { on: workstation, command: `drover host doctor ${to.host.name}` },
      },
    ),
  ];
}

function cpuFinding(from: End, to: End, cpu: Asked<CpuCompatibility>): Finding {
  const check = 'migration.cpu';
  const [one, other] = [from.facts.architecture, to.facts.architecture];
  if (one !== undefined && other !== undefined && one !== other) {
    return found('blocking', check, `${from.host.name} is ${one} and ${to.host.name} is ${other}.`, {
      cause: 'A running VM cannot move to another architecture.',
    });
  }
  if (cpu.kind === 'failed')
    return notKnown(
      check,
      `whether the CPU of ${to.host.name} offers what that of ${from.host.name} does`,
      cpu.why,
    );
  if (cpu.value.compatible) {
    return fine(
      check,
      `The CPU of ${to.host.name} (${to.facts.cpuModel}) offers all that of ${from.host.name} does.`,
    );
  }
  const there = new Set(to.facts.cpuFlags);
  const missing = from.facts.cpuFlags.filter((flag) => !there.has(flag));
  const lacks = missing.length === 0 ? cpu.value.cause : `It lacks ${listed(missing, manyFlags)}`;
  const models =
    from.facts.cpuModel === to.facts.cpuModel
      ? ''
      : ` (${from.host.name}: ${from.facts.cpuModel}, ${to.host.name}: ${to.facts.cpuModel})`;
  return found(
    'warning',
    check,
    `VMs that have the very CPU of ${from.host.name} cannot move to ${to.host.name}.`,
    {
      cause: `${lacks.replace(/\.$/, '')}${models}. VMs with a CPU model that both have can move.`,
      fix: commonModel(from, to),
    },
  );
}

/** libvirt works out the best CPU model of both; its answer goes into the definitions of VMs that are to move. */
function commonModel(from: End, to: End): Fix | undefined {
  const [one, other] = [sshTo(from.host), sshTo(to.host)];
  if (one === undefined || other === undefined) return undefined;
  const ask = 'virsh -c qemu:///system';
  return {
    on: workstation,
    command: `{ ${one} ${ask} domcapabilities; ${other} ${ask} domcapabilities; } | ${one} ${ask} hypervisor-cpu-baseline --migratable /dev/stdin`,
    note: 'It prints the best CPU of both; put it in place of <cpu> into the definitions of VMs that are to move (virsh edit).',
  };
}
