import type { XmlElement } from './xmlDocument.ts';

interface Maker {
  /** `http://maker/name` of libosinfo's ids. */
  readonly id: string;
  readonly words: string;
}

/** libosinfo's short ids as people call the systems; the version stands behind both. */
const makers: readonly Maker[] = [
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
  { id: 'http://opensuse.org/opensuse', words: 'openSUSE Leap' },
  { id: 'http://suse.com/sle', words: 'SUSE Linux Enterprise' },
  { id: 'http://freebsd.org/freebsd', words: 'FreeBSD' },
  { id: 'http://openbsd.org/openbsd', words: 'OpenBSD' },
  { id: 'http://microsoft.com/win', words: 'Windows' },
];
const windowsServer = /^2k(\d+)(r2)?$/;
const otherPrefix = 'http://drover.invalid/guest/';

/** What the definition says of the guest's operating system, in words; undefined where it says nothing. */
export function guestSystemOf(metadata: XmlElement | undefined): string | undefined {
  const id = metadata?.child('libosinfo:libosinfo')?.child('libosinfo:os')?.attribute('id');
  return id === undefined || id === '' ? undefined : inWords(id);
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

function inWords(id: string): string {
  if (id.startsWith(otherPrefix)) return decoded(id.slice(otherPrefix.length));
  const slash = id.lastIndexOf('/');
  const maker = makers.find((each) => each.id === id.slice(0, slash));
  const version = id.slice(slash + 1);
  // What this list does not name is shown as libosinfo has it.
  if (maker === undefined) return id.replace(/^https?:\/\//, '');
  const server = maker.words === 'Windows' ? windowsServer.exec(version) : null;
  return server === null
    ? `${maker.words} ${version}`
    : `Windows Server 20${(server[1] ?? '').padStart(2, '0')}${server[2] === undefined ? '' : ' R2'}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
