import type { Finding } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { Vm } from '#shared/model/vm.ts';
import { type Fix, fine, found, listed } from './finding.ts';
import { asRoot, restartOf } from './fix.ts';

/** KVM or emulation, and why. */
export function kvmFinding(host: Host, vms: readonly Vm[], facts: HostInspection): Finding {
  if (facts.kvm === 'usable') return fine('kvm', 'VMs run with KVM.');
  const needing = vms.filter((vm) => vm.domainType === 'kvm').map((vm) => vm.name);
  const { why, fix } = reason(host, facts);
  const effect =
    needing.length === 0
      ? 'VMs run under software emulation, many times slower.'
      : `${listed(needing)} cannot start here: ${needing.length === 1 ? 'it is' : 'they are'} defined for KVM.`;
  return found(needing.length === 0 ? 'warning' : 'blocking', 'kvm', `${host.name} has no KVM.`, {
    cause: `${why} ${effect}`,
    fix,
  });
}

function reason(host: Host, facts: HostInspection): { readonly why: string; readonly fix: Fix } {
  const known = facts.kvmFacts;
  if (known === undefined) {
    return {
      why: 'libvirt offers none, and why could not be found out.',
      fix: asRoot(host, facts, 'virt-host-validate qemu', 'It names what is missing.'),
    };
  }
  const module = known.cpuFlag === 'svm' ? 'kvm_amd' : 'kvm_intel';
  if (known.device) {
    const user = facts.system?.family === 'debian' ? 'libvirt-qemu' : 'qemu';
    const owner = known.owner === undefined ? '' : `, which belongs to ${known.owner}`;
    return {
      why: `/dev/kvm is there, and QEMU may not use it${owner}, or it does not work.`,
      fix: asRoot(host, facts, `usermod -aG kvm ${user} && ${restartOf(facts)}`),
    };
  }
  if (known.cpuFlag === 'none' && known.virtual) {
    return {
      why: `${host.name} is itself a virtual machine, and what it runs on gives it no virtualisation.`,
      fix: {
        on: `the machine that runs ${host.name}`,
        command: 'cat /sys/module/kvm_*/parameters/nested',
        note: `It must say Y or 1. Then give ${host.name} the CPU mode host-passthrough there and start it anew.`,
      },
    };
  }
  if (known.cpuFlag === 'none') {
    return {
      why: 'Its processor offers no virtualisation, or the firmware (BIOS) has it switched off.',
      fix: {
        on: host.name,
        command: "grep -cE 'vmx|svm' /proc/cpuinfo",
        note: 'Switch on VT-x or AMD-V (SVM) in the firmware; after the restart this prints more than 0.',
      },
    };
  }
  if (!known.moduleLoaded) {
    return {
      why: `The processor can do it, and the kernel module ${module} is not loaded, so there is no /dev/kvm.`,
      fix: asRoot(
        host,
        facts,
        `modprobe ${module}`,
        'Where it is refused as not supported, the firmware (BIOS) has virtualisation switched off.',
      ),
    };
  }
  return {
    why: `The kernel module ${module} is loaded, and there is no /dev/kvm; most often the firmware (BIOS) has virtualisation switched off.`,
    fix: asRoot(host, facts, 'dmesg | grep -i kvm', 'It says "disabled by bios" where that is so.'),
  };
}
