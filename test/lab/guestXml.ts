import { LabError } from './labError.ts';
import { insideHost } from './places.ts';

/** What one may choose about a guest; everything but the name has a default. */
export interface GuestWish {
  readonly name: string;
  readonly memoryMiB?: number;
  /** Memory that the guest keeps rewriting, and how fast; may be changed while it runs. */
  readonly dirtyMiB?: number;
  readonly dirtyRateMiBPerSecond?: number;
  readonly storage?: 'shared' | 'local' | 'none';
  readonly diskMiB?: number;
  /** How QEMU writes the disk; only 'none' and 'directsync' are safe for a migration on shared storage. */
  readonly cache?: 'none' | 'directsync' | 'writeback' | 'writethrough';
  readonly vcpus?: number;
  /** A model that emulation supports, such as qemu64, Nehalem or max; `custom` asks for the match 'exact'. */
  readonly cpuModel?: string;
  readonly machine?: string;
  readonly vnc?: boolean;
  readonly uuid?: string;
}

export interface GuestPlace {
  readonly uuid: string;
  readonly address: string;
  readonly mac: string;
}

/** Kernel, initramfs and guest program take this much before a guest can rewrite anything. */
export const guestOwnMiB = 76;

const names = /^[a-z][a-z0-9-]{0,30}$/;

/** Fills in the defaults. LabError when the guest could not run. */
export function completeWish(wish: GuestWish): Required<Omit<GuestWish, 'uuid'>> {
  const dirtyMiB = wish.dirtyMiB ?? 0;
  const memoryMiB = wish.memoryMiB ?? Math.max(96, guestOwnMiB + dirtyMiB);
  if (!names.test(wish.name))
    throw new LabError(
      `A guest cannot be named "${wish.name}": use a to z, 0 to 9 and -, beginning with a letter, at most 31.`,
    );
  if (memoryMiB < guestOwnMiB + dirtyMiB)
    throw new LabError(
      `Guest ${wish.name} with ${memoryMiB} MiB cannot rewrite ${dirtyMiB} MiB: it needs ${guestOwnMiB} MiB for itself. Give it ${guestOwnMiB + dirtyMiB} MiB or more.`,
    );
  return {
    name: wish.name,
    memoryMiB,
    dirtyMiB,
    dirtyRateMiBPerSecond: wish.dirtyRateMiBPerSecond ?? 0,
    storage: wish.storage ?? 'shared',
    diskMiB: wish.diskMiB ?? 64,
    cache: wish.cache ?? 'none',
    vcpus: wish.vcpus ?? 1,
    cpuModel: wish.cpuModel ?? 'qemu64',
    machine: wish.machine ?? 'pc-i440fx-7.2',
    vnc: wish.vnc ?? true,
  };
}

export const diskPathOf = (name: string, storage: 'shared' | 'local'): string =>
  `${storage === 'shared' ? insideHost.sharedPool : insideHost.localPool}/${name}.qcow2`;

/**
 * A little less than libvirt says, so that its size is no multiple of 64 pages. QEMU before 9.0 takes a short cut for
 * aligned memory when it reads which pages were written, and then misses later writes under emulation: about one move in
 * four ended in a kernel panic at the destination ("physmem: Fix migration dirty bitmap coherency with TCG memory
 * access"). libvirt rounds sizes to whole MiB, so QEMU has to be told past it.
 */
function unalignedMemoryKiB(memoryMiB: number): number {
  return memoryMiB * 1024 - 8;
}

/**
 * What the guest's kernel need not do: half of its work at boot under emulation. It asks the BIOS's table for interrupts
 * rather than ACPI's program, tests and checks none of its ciphers, certificates and security modules, clears no memory
 * that it will write anyway, and leaves itself as built for several processors.
 */
const bootShort = [
  'acpi=noirq',
  'cryptomgr.notests initcall_blacklist=crypto_kdf108_init,load_system_certificate_list',
  'lsm= audit=0',
  'init_on_alloc=0',
  'noreplace-smp',
].join(' ');

/** libvirt's XML of a guest. Everything in it is a number or a checked name, so nothing needs escaping. */
export function guestXml(wish: GuestWish, place: GuestPlace): string {
  const whole = completeWish(wish);
  const commandLine = [
    'console=ttyS0 quiet nokaslr mitigations=off ipv6.disable=1 panic=1',
    bootShort,
    `drover.mac=${place.mac} drover.address=${place.address}`,
    `drover.dirty=${whole.dirtyMiB},${whole.dirtyRateMiBPerSecond}`,
  ].join(' ');
  const disk =
    whole.storage === 'none'
      ? ''
      : `
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='${whole.cache}' discard='unmap'/>
      <source file='${diskPathOf(whole.name, whole.storage)}'/>
      <target dev='vda' bus='virtio'/>
    </disk>`;
  const screen = whole.vnc
    ? `
    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>
    <video><model type='vga' vram='2048'/></video>`
    : '';
  return `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>${whole.name}</name>
  <uuid>${place.uuid}</uuid>
  <memory unit='MiB'>${whole.memoryMiB}</memory>
  <currentMemory unit='MiB'>${whole.memoryMiB}</currentMemory>
  <vcpu>${whole.vcpus}</vcpu>
  <os>
    <type arch='x86_64' machine='${whole.machine}'>hvm</type>
    <kernel>${insideHost.boot}/kernel</kernel>
    <initrd>${insideHost.boot}/initrd</initrd>
    <cmdline>${commandLine}</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <cpu mode='custom' match='exact'><model fallback='forbid'>${whole.cpuModel}</model></cpu>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>${disk}
    <interface type='bridge'>
      <mac address='${place.mac}'/>
      <source bridge='br0'/>
      <model type='virtio'/>
      <rom enabled='no'/>
    </interface>
    <controller type='usb' model='none'/>
    <serial type='pty'><log file='/var/log/libvirt/qemu/${whole.name}-console.log' append='on'/><target port='0'/></serial>
    <console type='pty'><target type='serial' port='0'/></console>${screen}
    <memballoon model='virtio'><stats period='2'/></memballoon>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-m'/><qemu:arg value='size=${unalignedMemoryKiB(whole.memoryMiB)}k'/>
    <qemu:arg value='-object'/><qemu:arg value='memory-backend-ram,id=unaligned,size=${unalignedMemoryKiB(whole.memoryMiB)}k'/>
    <qemu:arg value='-machine'/><qemu:arg value='memory-backend=unaligned'/>
  </qemu:commandline>
</domain>
`;
}
