import type { XmlElement } from './xmlDocument.ts';

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

/** libosinfo's ids are `http://maker/name/version`: those of the systems that can be written, with their words. */
const makers: readonly { readonly id: string; readonly words: string }[] = [
  { id: 'http://debian.org/debian', words: 'Debian' },
  { id: 'http://ubuntu.com/ubuntu', words: 'Ubuntu' },
  { id: 'http://fedoraproject.org/fedora', words: 'Fedora' },
  { id: 'http://redhat.com/rhel', words: 'Red Hat Enterprise Linux' },
  { id: 'http://centos.org/centos-stream', words: 'CentOS Stream' },
  { id: 'http://centos.org/centos', words: 'CentOS' },
  { id: 'http://rockylinux.org/rocky', words: 'Rocky Linux' },
  { id: 'http://almalinux.org/almalinux', words: 'AlmaLinux' },
  { id: 'http://alpinelinux.org/alpinelinux', words: 'Alpine Linux' },
  { id: 'http://archlinux.org/archlinux', words: 'Arch Linux' },
  { id: 'http://opensuse.org/opensuse', words: 'openSUSE' },
  { id: 'http://suse.com/sle', words: 'SUSE Linux Enterprise' },
  { id: 'http://freebsd.org/freebsd', words: 'FreeBSD' },
  { id: 'http://openbsd.org/openbsd', words: 'OpenBSD' },
  { id: 'http://microsoft.com/win', words: 'Windows' },
];
const otherPrefix = 'http://drover.invalid/guest/';

/** What the definition says of the guest's operating system, in words; undefined where it says nothing. */
export function guestSystemOf(metadata: XmlElement | undefined): string | undefined {
  const id = metadata?.child('libosinfo:libosinfo')?.child('libosinfo:os')?.attribute('id');
  if (id?.startsWith(otherPrefix) === true) return decoded(id.slice(otherPrefix.length));
  return id === undefined ? undefined : guestSystemInWords(id);
}

/** The other way round, as virt-manager writes it. */
export function guestSystemId(words: string): string {
  const server = /^Windows Server 20(\d+)( R2)?$/.exec(words);
  if (server !== null)
    return `http://microsoft.com/win/2k${Number(server[1])}${server[2] === undefined ? '' : 'r2'}`;
  const maker = makers.find((each) => words.startsWith(`${each.words} `));
  const version = words.slice((maker?.words.length ?? 0) + 1);
  return maker !== undefined && /^[\w.]+$/.test(version)
    ? `${maker.id}/${version}`
    : `${otherPrefix}${encodeURIComponent(words)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
