/** Names as their makers write them, by the last word but one of libosinfo's ids. */
const names: ReadonlyMap<string, string> = new Map([
  ['debian', 'Debian'],
  ['ubuntu', 'Ubuntu'],
  ['fedora', 'Fedora'],
  ['fedora-server', 'Fedora Server'],
  ['rhel', 'Red Hat Enterprise Linux'],
  ['rhel-atomic', 'Red Hat Enterprise Linux Atomic Host'],
  ['centos', 'CentOS'],
  ['centos-stream', 'CentOS Stream'],
  ['almalinux', 'AlmaLinux'],
  ['rocky', 'Rocky Linux'],
  ['oracle', 'Oracle Linux'],
  ['ol', 'Oracle Linux'],
  ['opensuse', 'openSUSE'],
  ['opensuse-leap', 'openSUSE Leap'],
  ['sled', 'SUSE Linux Enterprise Desktop'],
  ['sles', 'SUSE Linux Enterprise Server'],
  ['sle', 'SUSE Linux Enterprise'],
  ['alpinelinux', 'Alpine Linux'],
  ['archlinux', 'Arch Linux'],
  ['gentoo', 'Gentoo'],
  ['linux', 'Linux'],
  ['freebsd', 'FreeBSD'],
  ['openbsd', 'OpenBSD'],
  ['netbsd', 'NetBSD'],
  ['macosx', 'Mac OS X'],
]);

const windowsVersions: ReadonlyMap<string, string> = new Map([
  ['2k', '2000'],
  ['2k3', 'Server 2003'],
  ['2k3r2', 'Server 2003 R2'],
  ['2k8', 'Server 2008'],
  ['2k8r2', 'Server 2008 R2'],
  ['2k12', 'Server 2012'],
  ['2k12r2', 'Server 2012 R2'],
  ['2k16', 'Server 2016'],
  ['2k19', 'Server 2019'],
  ['2k22', 'Server 2022'],
  ['2k25', 'Server 2025'],
  ['xp', 'XP'],
  ['vista', 'Vista'],
]);

/**
 * libosinfo's id of a system (`http://debian.org/debian/12`, as virt-install and virt-manager write it) in words. One
 * that is not known here is told by its own words; undefined where the id says nothing.
 * Source: https://gitlab.com/libosinfo/osinfo-db, data/os.
 */
export function guestSystemInWords(id: string): string | undefined {
  const [, path] = /^https?:\/\/[^/]+\/(.+?)\/?$/.exec(id.trim()) ?? [];
  if (path === undefined) return undefined;
  const [system = '', ...rest] = path.split('/');
  const version = rest.join(' ');
  if (system === 'win') return `Windows ${windowsVersions.get(version) ?? version}`.trim();
  const name = names.get(system) ?? `${system.charAt(0).toUpperCase()}${system.slice(1)}`;
  return version === '' || version === 'unknown' ? name : `${name} ${version}`;
}

const makers: ReadonlyMap<string, string> = new Map([
  ['debian', 'debian.org'],
  ['ubuntu', 'ubuntu.com'],
  ['fedora', 'fedoraproject.org'],
  ['rhel', 'redhat.com'],
  ['centos', 'centos.org'],
  ['centos-stream', 'centos.org'],
  ['almalinux', 'almalinux.org'],
  ['rocky', 'rockylinux.org'],
  ['alpinelinux', 'alpinelinux.org'],
  ['freebsd', 'freebsd.org'],
]);

/** The other way round: an id that reads as these words. */
export function guestSystemId(words: string): string {
  const [, windows] = /^Windows (\S.*)$/.exec(words) ?? [];
  if (windows !== undefined) {
    const code = [...windowsVersions].find(([, version]) => version === windows)?.[0];
    return `http://microsoft.com/win/${code ?? windows}`;
  }
  const known = [...names]
    .filter(([, name]) => words.startsWith(`${name} `))
    .toSorted(([, one], [, other]) => other.length - one.length)[0];
  const [system = '', name = ''] = known ?? [];
  const version = words.slice(name.length + 1);
  return /^[\w.]+$/.test(version) && name !== ''
    ? `http://${makers.get(system) ?? 'libosinfo.org'}/${system}/${version}`
    : `http://libosinfo.org/${words}`;
}
