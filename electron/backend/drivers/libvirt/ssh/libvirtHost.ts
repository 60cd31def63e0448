import { z } from 'zod';
import { DroverError, type ErrorCode } from '#shared/contract/errors.ts';
import type { SshConnection } from './connection.ts';
import type { Limits } from './deadline.ts';
import { quote } from './shell.ts';

/** What a host says about libvirt on it, asked only when the plain way to it has failed. */
export interface LibvirtHost {
  readonly user: string;
  readonly groups: string;
  readonly sockets: readonly LibvirtSocket[];
  /** Programs found there, of those that matter. */
  readonly programs: ReadonlySet<string>;
  /** systemd units of libvirt that are installed, with their state; empty without systemd. */
  readonly units: ReadonlyMap<string, string>;
}

export interface LibvirtSocket {
  readonly path: string;
  readonly exists: boolean;
  /** This user may connect to it. */
  readonly usable: boolean;
  /** `root:libvirt 770` */
  readonly owner: string;
}

const PROGRAMS = ['libvirtd', 'virtqemud', 'virsh', 'virt-ssh-helper', 'nc', 'socat'];
const UNITS = ['libvirtd.service', 'libvirtd.socket', 'virtqemud.service', 'virtqemud.socket'];

const factsSchema = z.object({ user: z.string().min(1), groups: z.string() });

/** One command in plain POSIX shell that only looks. */
export async function askAboutLibvirt(
  connection: SshConnection,
  socketPaths: readonly string[],
  limits: Limits,
): Promise<LibvirtHost> {
  const { stdout } = await connection.exec(questionScript(socketPaths), { deadlineMs: 15_000, ...limits });
  const facts = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab > 0) facts.set(line.slice(0, tab), line.slice(tab + 1).trim());
  }
  const parsed = factsSchema.safeParse({ user: facts.get('user'), groups: facts.get('groups') ?? '' });
  if (!parsed.success) {
    throw new DroverError({
      code: 'libvirt-refused',
      tried: `Ask ${connection.hostName} about libvirt`,
      cause: `the shell there does not answer as one (${JSON.stringify(stdout.slice(0, 120))})`,
      next: `Let ${connection.address} run commands with an ordinary shell, or allow UNIX sockets to be forwarded (AllowStreamLocalForwarding)`,
    });
  }
  return {
    ...parsed.data,
    sockets: socketPaths.map((path) => {
      const [exists, usable, ...owner] = (facts.get(`socket ${path}`) ?? '').split(' ');
      return { path, exists: exists === 'yes', usable: usable === 'yes', owner: owner.join(' ') };
    }),
    programs: new Set(PROGRAMS.filter((name) => facts.get(`program ${name}`) === 'yes')),
    units: new Map(
      UNITS.flatMap((unit) => {
        const state = facts.get(`unit ${unit}`);
        return state === undefined || state === '' ? [] : [[unit, state] as const];
      }),
    ),
  };
}

function questionScript(socketPaths: readonly string[]): string {
  const sockets = socketPaths.map(quote).join(' ');
  return `
PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
printf 'user\\t%s\\n' "$(id -un)"
printf 'groups\\t%s\\n' "$(id -Gn)"
for s in ${sockets}; do
  e=no; u=no; [ -S "$s" ] && e=yes; [ -r "$s" ] && [ -w "$s" ] && u=yes
  printf 'socket %s\\t%s %s %s\\n' "$s" "$e" "$u" "$(stat -c '%U:%G %a' "$s" 2>/dev/null)"
done
for p in ${PROGRAMS.join(' ')}; do f=$(command -v "$p" 2>/dev/null) && [ -x "$f" ] && printf 'program %s\\tyes\\n' "$p"; done
if command -v systemctl >/dev/null 2>&1; then
  for n in ${UNITS.join(' ')}; do
    systemctl cat "$n" >/dev/null 2>&1 && printf 'unit %s\\t%s\\n' "$n" "$(systemctl is-active "$n" 2>/dev/null)"
  done
fi
exit 0`;
}

export interface FailedRoute {
  readonly name: string;
  readonly reason: string;
}

/** The one error when no route led to libvirt: what was tried, and the most likely of three causes. */
export function noWayToLibvirt(
  connection: SshConnection,
  host: LibvirtHost,
  failed: readonly FailedRoute[],
): DroverError {
  const found = likelyCause(connection, host);
  return new DroverError({
    code: found.code,
    tried: `Reach libvirt on ${connection.hostName} as ${host.user}`,
    cause: `${found.cause}. Tried: ${failed.map((each) => `${each.name} (${each.reason})`).join('; ')}`,
    next: found.next,
    details: { user: host.user, groups: host.groups },
  });
}

function likelyCause(
  connection: SshConnection,
  host: LibvirtHost,
): { readonly code: ErrorCode; readonly cause: string; readonly next: string } {
  const existing = host.sockets.filter((socket) => socket.exists);
  const closed = existing.find((socket) => !socket.usable);
  if (closed && existing.every((socket) => !socket.usable)) {
    const group = /:(\S+)/.exec(closed.owner)?.[1];
    const join =
      group === undefined || group === 'root'
        ? `Log in as root, or let the user ${host.user} use that socket`
        : `Add ${host.user} to the group ${group} there (usermod -aG ${group} ${host.user}) and connect again`;
    return {
      code: 'libvirt-no-rights',
      cause: `the user ${host.user} (groups ${host.groups}) has no right to use ${closed.path}, which belongs to ${closed.owner}`,
      next: join,
    };
  }
  const installed = ['libvirtd', 'virtqemud'].filter((name) => host.programs.has(name));
  if (installed.length === 0 && host.units.size === 0) {
    const client = host.programs.has('virsh') ? ' (only its client, virsh)' : '';
    return {
      code: 'libvirt-missing',
      cause: `libvirt is not installed there${client}`,
      next: 'Install libvirt and QEMU on the host (Debian: apt install libvirt-daemon-system qemu-system)',
    };
  }
  const running = [...host.units].filter(([, state]) => state === 'active').map(([unit]) => unit);
  const states = [...host.units].map(([unit, state]) => `${unit} is ${state}`).join(', ');
  const daemon = installed[0] ?? 'libvirtd';
  if (existing.length === 0 || running.length === 0) {
    return {
      code: 'libvirt-stopped',
      cause: `libvirt is installed, but does not run${states === '' ? '' : ` (${states})`}`,
      next: `Start it on the host: systemctl enable --now ${host.units.has('virtqemud.socket') && !host.units.has('libvirtd.socket') ? 'virtqemud.socket' : `${daemon}.socket`}`,
    };
  }
  return {
    code: 'libvirt-refused',
    cause: `libvirt runs there (${running.join(', ')}), but no way leads to it`,
    next: `Allow UNIX sockets to be forwarded in sshd_config of ${connection.hostName} (AllowStreamLocalForwarding yes), or install virt-ssh-helper or netcat-openbsd there`,
  };
}
