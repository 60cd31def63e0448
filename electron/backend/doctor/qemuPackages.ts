import type { HostInspection } from '#shared/model/inspection.ts';

/** Of the packages of QEMU, the one that runs VMs of the host's own architecture. */
interface Packages {
  readonly debian: string;
  readonly suse: string;
}

const packages: readonly (readonly [architecture: RegExp, Packages])[] = [
  [/^(x86_64|i[3-6]86)$/, { debian: 'qemu-system-x86', suse: 'qemu-x86' }],
  [/^(aarch64|arm)/, { debian: 'qemu-system-arm', suse: 'qemu-arm' }],
  [/^ppc/, { debian: 'qemu-system-ppc', suse: 'qemu-ppc' }],
  [/^mips/, { debian: 'qemu-system-mips', suse: 'qemu-extra' }],
  // Ubuntu has had it by itself for long, Debian among the rarer ones.
  [/^s390/, { debian: 'qemu-system-misc', suse: 'qemu-s390x' }],
  [/^(riscv|loongarch)/, { debian: 'qemu-system-misc', suse: 'qemu-extra' }],
];
/** Where the architecture is not known: what brings them all. */
const all: Packages = { debian: 'qemu-system', suse: 'qemu' };

export function qemuPackages({ architecture, system }: HostInspection): Packages & {
  readonly fedora: string;
} {
  const [, found = all] = packages.find(([one]) => one.test(architecture ?? '')) ?? [];
  const onUbuntu = system?.name.startsWith('Ubuntu') === true && architecture?.startsWith('s390') === true;
  return {
    debian: onUbuntu ? 'qemu-system-s390x' : found.debian,
    suse: found.suse,
    // It leads to that of the host's own architecture by itself.
    fedora: 'qemu-kvm',
  };
}
