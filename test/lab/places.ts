import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Every lab's state: on disk rather than in /run or /tmp, which may be in memory, where O_DIRECT (cache='none') fails. */
export const labsFolder = '/var/lib/drover-lab';

export const labFolder = (name: string): string => join(labsFolder, 'labs', name);

export const hostFolder = (lab: string, host: string): string => join(labFolder(lab), 'hosts', host);

/** What is made once a machine: guest kernel and initramfs, libvirt's probe of QEMU. Same rule as scripts/cacheFolder.mjs. */
export function labCacheFolder(): string {
  const { DROVER_CACHE, XDG_CACHE_HOME } = process.env;
  if (DROVER_CACHE) return join(resolve(DROVER_CACHE), 'lab');
  if (XDG_CACHE_HOME) return join(resolve(XDG_CACHE_HOME), 'drover', 'lab');
  return join(homedir(), '.cache', 'drover', 'lab');
}

/** Paths as the hosts see them, the same on each. */
export const insideHost = {
  sharedPool: '/var/lib/libvirt/shared',
  localPool: '/var/lib/libvirt/local',
  boot: '/var/lib/libvirt/boot',
  libvirtSocket: '/run/libvirt/libvirt-sock',
} as const;
