import type { Finding } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { Vm } from '#shared/model/vm.ts';
import { fine, found, listed } from './finding.ts';
import { asRoot, install } from './fix.ts';
import { qemuPackages } from './qemuPackages.ts';

interface Need {
  readonly since: string;
  readonly level: 'warning' | 'blocking';
  readonly without: string;
}

/** What Drover does with a host, and the libvirt that first could. */
const libvirtNeeds: readonly Need[] = [
  {
    since: '1.2.8',
    level: 'blocking',
    without: 'the load of all VMs cannot be asked for at once, so nothing is measured',
  },
  { since: '1.3.3', level: 'warning', without: 'migrations cannot switch to post-copy' },
  {
    since: '4.4.0',
    level: 'warning',
    without: 'whether a CPU fits a VM shows only when the VM is sent',
  },
  {
    since: '8.5.0',
    level: 'warning',
    without: 'a migration in post-copy whose link breaks cannot be taken up again',
  },
];

const qemuNeeds: readonly Need[] = [
  { since: '2.6.0', level: 'warning', without: 'migrations cannot switch to post-copy' },
  {
    since: '3.0.0',
    level: 'warning',
    without: 'a migration in post-copy whose link breaks cannot be taken up again',
  },
];

const libvirtPackages = { debian: 'libvirt-daemon-system', fedora: 'libvirt', suse: 'libvirt' };

const firstSoundEmulation = '9.0.0';

export function versionFindings(host: Host, vms: readonly Vm[], facts: HostInspection): readonly Finding[] {
  return [
    ...program('libvirt', facts.libvirtVersion, libvirtNeeds, host, facts),
    ...program('QEMU', facts.hypervisorVersion, qemuNeeds, host, facts),
    ...emulation(host, vms, facts),
  ];
}

function program(
  name: 'libvirt' | 'QEMU',
  version: string,
  needs: readonly Need[],
  host: Host,
  facts: HostInspection,
): readonly Finding[] {
  const check = name.toLowerCase();
  const missing = needs.filter(({ since }) => isOlder(version, since));
  if (missing.length === 0) return [fine(check, `${name} ${version} can do all that Drover does.`)];
  const level = missing.some((need) => need.level === 'blocking') ? 'blocking' : 'warning';
  const newest = missing.at(-1)?.since ?? '';
  const packages = name === 'QEMU' ? qemuPackages(facts) : libvirtPackages;
  const command = install(facts, { ...packages, debian: `--only-upgrade ${packages.debian}` });
  return [
    found(level, check, `${name} ${version} is too old for some of what Drover does.`, {
      cause: `Before ${name} ${newest}: ${missing.map(({ without }) => without).join('; ')}.`,
      fix:
        command === undefined
          ? undefined
          : asRoot(
              host,
              facts,
              command,
              `Where that brings none of ${newest} or newer, the system itself is too old.`,
            ),
    }),
  ];
}

/** See docs/migration.md, "Emulated guests". */
function emulation(host: Host, vms: readonly Vm[], facts: HostInspection): readonly Finding[] {
  const emulated = vms.filter((vm) => vm.domainType === 'qemu').map((vm) => vm.name);
  if (emulated.length === 0 || !isOlder(facts.hypervisorVersion, firstSoundEmulation)) return [];
  return [
    found(
      'warning',
      'qemu.emulation',
      `Emulated VMs may lose writes while they move away from ${host.name}.`,
      {
        cause: `${listed(emulated)} ${emulated.length === 1 ? 'does' : 'do'} not use KVM, and QEMU older than 9.0 can lose writes of such a guest to its memory during a migration: a busy one may crash afterwards.`,
      },
    ),
  ];
}

/** Numbers between dots, compared one by one; what is missing counts as 0. */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let at = 0; at < 3; at += 1) {
    const difference = (one?.[at] ?? 0) - (other?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
