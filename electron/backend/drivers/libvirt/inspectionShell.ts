import type { HostInspection } from '#shared/model/inspection.ts';
import { migrationPortsOf, qemuConfScript, qemuSettings } from './qemuConf.ts';

/** Programs that Drover's own commands on hosts need. */
const programs = ['qemu-img', 'bash', 'timeout', 'stat', 'readlink', 'dd', 'sha256sum', 'getent'];

const timeServices = ['chronyd', 'systemd-timesyn', 'ntpd', 'ntpsec-ntpd', 'openntpd'];

/**
 * One command in plain POSIX shell that only looks, and prints `name<tab>value` lines. What may not be read prints
 * nothing; what may hang (a file system of a lost server, D-Bus) is given 3 s.
 */
export const questionScript = `
LC_ALL=C; PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"; export LC_ALL PATH
say() { printf '%s\\t%s\\n' "$1" "$2"; }
brief() { if command -v timeout >/dev/null 2>&1; then timeout 3 "$@"; else "$@"; fi; }
say user "$(id -un)"; say groups "$(id -Gn)"
if [ -r /etc/os-release ]; then
  say system "$(. /etc/os-release; printf %s "$PRETTY_NAME")"
  say family "$(. /etc/os-release; printf '%s %s' "$ID" "$ID_LIKE")"
fi
[ -e /dev/kvm ] && say kvm "$(stat -c '%U:%G %a' /dev/kvm 2>/dev/null)"
if [ -r /proc/cpuinfo ]; then
  flags=" $(sed -n '/^flags/{p;q;}' /proc/cpuinfo) "
  case "$flags" in *' vmx '*) say cpu vmx ;; *' svm '*) say cpu svm ;; *) say cpu none ;; esac
  case "$flags" in *' hypervisor '*) say virtual yes ;; esac
fi
if [ -d /sys/module/kvm_intel ] || [ -d /sys/module/kvm_amd ]; then say module yes; fi
names=$(cat /proc/[0-9]*/comm 2>/dev/null)
running() { printf '%s\\n' "$names" | grep -qx -- "$1"; }
for d in libvirtd virtqemud; do
  if running $d; then
    say daemon $d
    if [ -d /run/systemd/system ]; then
      systemctl is-enabled $d.service $d.socket 2>/dev/null | grep -qx enabled && say autostart yes || say autostart no
    fi
    break
  fi
done
for s in ${timeServices.join(' ')}; do if running $s; then say timekeeper $s; break; fi; done
if [ -d /run/systemd/system ] && command -v timedatectl >/dev/null 2>&1; then
  say synchronised "$(brief timedatectl show -p NTPSynchronized --value 2>/dev/null)"
fi
if running firewalld; then say firewall firewalld
elif grep -q '^ENABLED=yes' /etc/ufw/ufw.conf 2>/dev/null; then say firewall ufw
elif [ "$(id -u)" = 0 ] && command -v nft >/dev/null 2>&1; then
  if nft list ruleset 2>/dev/null | grep -q .; then say firewall nftables; else say firewall none; fi
fi
for p in ${programs.join(' ')}; do command -v "$p" >/dev/null 2>&1 || say lacks "$p"; done
for p in / /var/lib/libvirt /var/log/libvirt; do
  [ -d $p ] && say df "$(brief stat -L -c %d $p 2>/dev/null) $(brief df -kP $p 2>/dev/null | tail -n 1)"
done
for b in /sys/class/net/*/bridge; do
  [ -d "$b" ] || continue
  n=\${b%/bridge}; n=\${n##*/}; say "bridge $n" "$(cat "/sys/class/net/$n/flags" 2>/dev/null)"
done
if [ -r /etc/libvirt/qemu.conf ] || { [ -x /etc/libvirt ] && [ ! -e /etc/libvirt/qemu.conf ]; }; then say conf yes; fi
conf=$(${qemuConfScript})
printf '%s\\n' "$conf" | sed -n 's/^\\(.*=.*\\)$/conf	\\1/p'
dir=$(printf '%s\\n' "$conf" | sed -n 's/^ *migrate_tls_x509_cert_dir *= *"\\([^"]*\\)".*/\\1/p' | tail -n 1)
[ -n "$dir" ] || { [ -d /etc/pki/libvirt-migrate ] && dir=/etc/pki/libvirt-migrate; }
[ -n "$dir" ] || dir=$(printf '%s\\n' "$conf" | sed -n 's/^ *default_tls_x509_cert_dir *= *"\\([^"]*\\)".*/\\1/p' | tail -n 1)
[ -n "$dir" ] || dir=/etc/pki/qemu
say tlsfolder "$dir"
if [ -d "$dir" ] && [ ! -x "$dir" ]; then say tls unknown
elif [ -e "$dir/ca-cert.pem" ] && [ -e "$dir/server-cert.pem" ] && [ -e "$dir/server-key.pem" ]; then say tls ready
else say tls absent; fi
exit 0`;

type ShellFacts = Pick<
  HostInspection,
  | 'user'
  | 'groups'
  | 'system'
  | 'kvmFacts'
  | 'daemon'
  | 'clockKept'
  | 'missingPrograms'
  | 'fileSystems'
  | 'firewall'
  | 'migrationTls'
  | 'migrationTlsFolder'
  | 'migrationSettingsRead'
  | 'migrationAddress'
  | 'migrationHost'
  | 'migrationPorts'
> & { readonly bridges: readonly { readonly name: string; readonly active: boolean }[] };

/** What the script printed, as facts. Of a shell that answered with something else all is unknown. */
export function shellFacts(output: string): ShellFacts {
  const lines = output.split('\n').flatMap((line) => {
    const tab = line.indexOf('\t');
    return tab < 1 ? [] : [{ name: line.slice(0, tab), value: line.slice(tab + 1).trim() }];
  });
  const all = (name: string) => lines.filter((line) => line.name === name).map((line) => line.value);
  const one = (name: string) => all(name).find((value) => value !== '');
  const conf = qemuSettings(all('conf').join('\n'));
  const answered = one('user') !== undefined;
  const tls = one('tls');
  const tlsFolder = one('tlsfolder');
  const host = conf.get('migration_host');
  const address = conf.get('migration_address');
  const daemon = one('daemon');
  return {
    user: one('user') ?? 'unknown',
    migrationTls: tls === 'ready' || tls === 'absent' ? tls : 'unknown',
    migrationPorts: migrationPortsOf(conf),
    bridges: lines
      .filter(({ name }) => name.startsWith('bridge '))
      .map(({ name, value }) => ({ name: name.slice(7), active: isUp(value) })),
    ...(host === undefined ? {} : { migrationHost: host }),
    ...(address === undefined ? {} : { migrationAddress: address }),
    ...(answered
      ? {
          groups: (one('groups') ?? '').split(' ').filter((group) => group !== ''),
          missingPrograms: all('lacks'),
          migrationSettingsRead: all('conf').includes('yes'),
          fileSystems: fileSystems(all('df')),
        }
      : {}),
    ...(tlsFolder === undefined ? {} : { migrationTlsFolder: tlsFolder }),
    ...systemOf(one('system'), one('family')),
    ...(one('cpu') === undefined
      ? {}
      : {
          kvmFacts: kvmFacts(
            lines.some(({ name }) => name === 'kvm'),
            one,
          ),
        }),
    ...(daemon === 'libvirtd' || daemon === 'virtqemud'
      ? { daemon: { kind: daemon, ...autostartOf(one('autostart')) } }
      : {}),
    ...clockKept(one('synchronised'), one('timekeeper')),
    ...firewallOf(one('firewall')),
  };
}

/** IFF_UP of a network device's flags. */
function isUp(flags: string): boolean {
  return (Number(flags) & 1) === 1;
}

function systemOf(name: string | undefined, family: string | undefined): Pick<ShellFacts, 'system'> {
  if (name === undefined) return {};
  const words = new Set((family ?? '').split(' '));
  const is = (...some: readonly string[]) => some.some((word) => words.has(word));
  if (is('debian', 'ubuntu')) return { system: { name, family: 'debian' } };
  if (is('fedora', 'rhel', 'centos')) return { system: { name, family: 'fedora' } };
  return { system: { name, family: is('suse', 'opensuse') ? 'suse' : 'other' } };
}

function kvmFacts(
  device: boolean,
  one: (name: string) => string | undefined,
): NonNullable<ShellFacts['kvmFacts']> {
  const [owner, flag] = [one('kvm'), one('cpu')];
  return {
    device,
    ...(owner === undefined ? {} : { owner }),
    cpuFlag: flag === 'vmx' || flag === 'svm' ? flag : 'none',
    moduleLoaded: one('module') === 'yes',
    virtual: one('virtual') === 'yes',
  };
}

function autostartOf(said: string | undefined): { readonly autostart?: boolean } {
  return said === undefined ? {} : { autostart: said === 'yes' };
}

function clockKept(
  synchronised: string | undefined,
  service: string | undefined,
): Pick<ShellFacts, 'clockKept'> {
  if (synchronised !== 'yes' && synchronised !== 'no') return {};
  // The kernel cuts the names of processes at 15 characters.
  const whole = service === 'systemd-timesyn' ? 'systemd-timesyncd' : service;
  return {
    clockKept: {
      synchronised: synchronised === 'yes',
      ...(whole === undefined ? {} : { service: whole }),
    },
  };
}

function firewallOf(said: string | undefined): Pick<ShellFacts, 'firewall'> {
  return said === 'firewalld' || said === 'ufw' || said === 'nftables' || said === 'none'
    ? { firewall: said }
    : {};
}

/** Its device number and a line of `df -kP`; what holds several of the folders counts once, under the first. */
function fileSystems(lines: readonly string[]): NonNullable<ShellFacts['fileSystems']> {
  const byDevice = new Map<string, NonNullable<ShellFacts['fileSystems']>[number]>();
  for (const line of lines) {
    const [, device = '', blocks, available, path] =
      /^(\d+) .*\S\s+(\d+)\s+\d+\s+(-?\d+)\s+\S+\s+(\/.*)$/.exec(line) ?? [];
    if (path === undefined || byDevice.has(device)) continue;
    byDevice.set(device, {
      path,
      device,
      capacityBytes: Number(blocks) * 1024,
      availableBytes: Number(available) * 1024,
    });
  }
  return [...byDevice.values()];
}
