import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { parseSshAddress } from '#shared/model/sshAddress.ts';
import type { Fix } from './finding.ts';

export const workstation = 'this workstation';

/** A text as one word of a POSIX shell, quoted only where it must be. */
export function word(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command that root runs on that host; whoever is not root is given sudo. */
export function asRoot(host: Host, { user }: HostInspection, command: string, note?: string): Fix {
  const whole =
    user === 'root' ? command : /[;&|>]/.test(command) ? `sudo sh -c ${word(command)}` : `sudo ${command}`;
  return { on: host.name, command: whole, ...(note === undefined ? {} : { note }) };
}

/** virsh goes to the system's libvirt by itself only for root. */
export function virsh(host: Host, { user }: HostInspection, words: string): Fix {
  return { on: host.name, command: `virsh ${user === 'root' ? '' : '-c qemu:///system '}${words}` };
}

/** Packages by the family of the host's system; undefined where that is not known. */
export function install(
  { system }: HostInspection,
  names: { readonly debian: string; readonly fedora: string; readonly suse: string },
): string | undefined {
  const family = system?.family;
  switch (family) {
    case 'debian':
      return `apt install ${names.debian}`;
    case 'fedora':
      return `dnf install ${names.fedora}`;
    case 'suse':
      return `zypper install ${names.suse}`;
    case 'other':
    case undefined:
      return undefined;
    default:
      return family satisfies never;
  }
}

/** How a person logs in there: `ssh -p 2222 ann@server-b`; undefined for what is no SSH address. */
export function sshTo(host: Host): string | undefined {
  const parsed = parseSshAddress(host.address);
  if (!parsed.ok) return undefined;
  const { user, host: name, port } = parsed.address;
  const port22 = port === undefined || port === 22;
  return `ssh ${port22 ? '' : `-p ${port} `}${word(user === undefined ? name : `${user}@${name}`)}`;
}

/** `drover` finds the host by its name. */
export function drover(words: string): Fix {
  return { on: workstation, command: `drover ${words}` };
}

export function restartOf(inspection: HostInspection): string {
  return `systemctl restart ${inspection.daemon?.kind ?? 'libvirtd'}`;
}
