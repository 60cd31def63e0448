import type { DroverClient } from '#shared/contract/client.ts';

/** When a long run was made, and with what: a figure without these cannot be compared. */
export interface TestedWith {
  /** Of the run's end, by the machine's clock: 2026-11-25. */
  readonly date: string;
  readonly libvirt: string;
  readonly qemu: string;
  readonly node: string;
}

/** As the hosts of a lab say themselves; they all run the machine's own programs. */
export async function testedWith(client: DroverClient): Promise<TestedWith> {
  const { hosts } = await client.live.snapshot();
  const capacity = hosts.find((host) => host.capacity !== undefined)?.capacity;
  return {
    date: new Date().toISOString().slice(0, 10),
    libvirt: capacity?.libvirtVersion ?? 'not known',
    qemu: capacity?.hypervisorVersion ?? 'not known',
    node: process.versions.node,
  };
}

export function testedWithInWords({ date, libvirt, qemu, node }: TestedWith): string {
  return `on ${date}, with libvirt ${libvirt}, QEMU ${qemu} (emulation, no KVM) and Node ${node}`;
}
