import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GuestImage, provideGuestImage } from './guestImage.ts';
import { awaitGuest, defineOnHost, planGuest, virsh } from './guests.ts';
import type { GuestWish } from './guestXml.ts';
import { makeHostKeys, makeKey, writeHostFiles } from './hostFiles.ts';
import { bootHost, keepProbe, libvirtSocketOutside } from './hosts.ts';
import { LabError } from './labError.ts';
import { releaseIndex, reserveIndex, tidyFolders } from './labIndex.ts';
import { type LabDescription, type LabHost, labNames, readLab, writeLab } from './labState.ts';
import { withLock } from './lock.ts';
import { cableOf, clearNetwork, layNetwork, namespaceOf, plugHost } from './network.ts';
import { hostFolder, insideHost, labCacheFolder, labFolder, labsFolder } from './places.ts';
import { isAlive, ownProcess } from './processIdentity.ts';
import { requireParts } from './requirements.ts';
import { runProgram } from './runProgram.ts';

export interface HostWish {
  /** false: no libvirt is running on it. */
  readonly libvirt?: boolean;
  /** false: its sshd refuses to forward sockets, so only virt-ssh-helper or nc reach libvirt. */
  readonly streamLocalForwarding?: boolean;
  /** true: libvirt listens at virtqemud-sock, as the modular daemons do. */
  readonly modularSocket?: boolean;
  /** Whether qemu.conf names the host's address for migrations; by default not on the last of several hosts. */
  readonly migrationHost?: boolean;
  /** Whether the other hosts can resolve its name; by default not on the last of several hosts. */
  readonly resolvable?: boolean;
}

export interface LabWish {
  readonly name?: string;
  /** How many plain hosts, or one wish a host. Named host-a, host-b, ... */
  readonly hosts: number | readonly HostWish[];
  /** How many usual guests (the first rewrites memory), or a wish each; spread over the hosts that run libvirt. */
  readonly guests?: number | readonly (GuestWish & { readonly host?: string })[];
  /** true: the lab stays until `down`. Otherwise it is rubbish once this process is gone, and the next lab sweeps it. */
  readonly stays?: boolean;
  readonly say?: (line: string) => void;
}

const names = /^[a-z][a-z0-9-]{0,19}$/;
const lockOf = (name: string): string => join(labsFolder, 'locks', name);

/**
 * Builds a lab and returns what is in it. Remains of a dead lab of that name are swept first; a living one is replaced,
 * unless another process uses it: then the lab gets the next free name (NAME-2 ...), or LabError if it is to stay.
 */
export async function buildLab(wish: LabWish): Promise<LabDescription> {
  const name = wish.name ?? 'lab';
  if (!names.test(name))
    throw new LabError(
      `A lab cannot be named "${name}": use a to z, 0 to 9 and -, beginning with a letter, at most 20.`,
    );
  const hosts =
    typeof wish.hosts === 'number' ? Array.from({ length: wish.hosts }, (): HostWish => ({})) : wish.hosts;
  if (hosts.length < 1 || hosts.length > 20)
    throw new LabError(`A lab has 1 to 20 hosts, not ${hosts.length}.`);
  const say = wish.say ?? (() => undefined);
  await requireParts();
  await sweepOrphans(say);
  const image = await provideGuestImage(say);
  const stays = wish.stays === true;
  for (let turn = 1; ; turn++) {
    const chosen = turn === 1 ? name : `${name}-${turn}`;
    const built = await withLock(lockOf(chosen), 120_000, async () => {
      const busy = await otherOwner(chosen);
      if (busy === undefined) return await buildNamed(chosen, hosts, wish, image);
      if (stays)
        throw new LabError(
          `Lab "${chosen}" is in use by process ${busy}. Choose another name, or end it with \`npm run lab -- down --name ${chosen}\`.`,
        );
      return undefined;
    });
    if (built) return built;
  }
}

/** The number of another living process that uses the lab of this name, such as the same test in another checkout. */
async function otherOwner(name: string): Promise<number | undefined> {
  const owner = (await readLab(name))?.owner;
  return owner && owner.pid !== process.pid && isAlive(owner) ? owner.pid : undefined;
}

async function buildNamed(
  name: string,
  hosts: readonly HostWish[],
  wish: LabWish,
  image: GuestImage,
): Promise<LabDescription> {
  const say = wish.say ?? (() => undefined);
  await removeEverything(name);
  try {
    const lab = await describe(name, hosts, wish.stays === true);
    await cp(image.kernel, join(lab.folder, 'boot/kernel'));
    await cp(image.initrd, join(lab.folder, 'boot/initrd'));
    say(`Building lab "${name}": ${hosts.length} hosts in ${lab.subnet}`);
    await buildHosts(lab, say);
    return await buildGuests(lab, guestWishes(wish.guests ?? 0), say);
  } catch (error) {
    const logs = await keepLogs(name);
    await removeEverything(name);
    throw error instanceof LabError && logs !== undefined
      ? new LabError(`${error.message} What the hosts logged is in ${logs}.`, { cause: error })
      : error;
  }
}

/** Takes the lab away whole: processes, namespaces, cable, route, files. Fine when there is none. */
export async function destroyLab(name: string): Promise<void> {
  await withLock(lockOf(name), 60_000, async () => {
    await removeEverything(name);
    await rm(logsOf(name), { recursive: true, force: true });
  });
  await tidyFolders();
}

const logsOf = (name: string): string => join(labsFolder, 'failed', name);

async function removeEverything(name: string): Promise<void> {
  const lab = await readLab(name);
  await clearNetwork(name, lab?.index);
  await rm(labFolder(name), { recursive: true, force: true });
  await releaseIndex(name);
}

/** When a lab cannot be built, its logs are what tells why. */
async function keepLogs(name: string): Promise<string | undefined> {
  const target = logsOf(name);
  await rm(target, { recursive: true, force: true });
  const lab = await readLab(name).catch(() => undefined);
  for (const host of lab?.hosts ?? []) {
    for (const part of ['boot.log', 'var/log']) {
      const from = join(host.folder, part);
      if (existsSync(from)) await cp(from, join(target, host.name, part), { recursive: true });
    }
  }
  return existsSync(target) ? target : undefined;
}

/** Removes labs whose owning process died without taking them down. */
async function sweepOrphans(say: (line: string) => void): Promise<void> {
  for (const name of await labNames()) {
    if (!(await isOrphan(name))) continue;
    await withLock(lockOf(name), 60_000, async () => {
      // Another process may have swept it meanwhile, and built its own.
      if (!(await isOrphan(name))) return;
      say(`Removing lab "${name}", whose process is gone`);
      await removeEverything(name);
    });
  }
}

async function isOrphan(name: string): Promise<boolean> {
  const owner = (await readLab(name).catch(() => undefined))?.owner;
  return owner !== null && owner !== undefined && !isAlive(owner);
}

async function describe(name: string, wishes: readonly HostWish[], stays: boolean): Promise<LabDescription> {
  const index = await reserveIndex(name);
  const folder = labFolder(name);
  for (const part of ['shared', 'boot', 'hosts']) await mkdir(join(folder, part), { recursive: true });
  const keyFile = join(folder, 'id_ed25519');
  await makeKey(keyFile, 'ed25519', `lab ${name}`);
  const hosts = await Promise.all(
    wishes.map(async (wish, at): Promise<LabHost> => {
      const hostName = `host-${String.fromCharCode(97 + at)}`;
      const own = hostFolder(name, hostName);
      const lastOfSeveral = wishes.length > 1 && at === wishes.length - 1;
      return {
        name: hostName,
        uuid: randomUUID(),
        address: `10.77.${index}.${at + 1}`,
        sshPort: 22,
        user: 'root',
        keyFile,
        hostKeys: [...(await makeHostKeys(own, hostName))],
        libvirtSocket: libvirtSocketOutside(own, wish.modularSocket === true),
        localPool: {
          name: 'local',
          path: insideHost.localPool,
          outsidePath: join(own, insideHost.localPool),
        },
        namespace: namespaceOf(name, hostName),
        folder: own,
        libvirt: wish.libvirt ?? true,
        streamLocalForwarding: wish.streamLocalForwarding ?? true,
        modularSocket: wish.modularSocket ?? false,
        migrationHost: wish.migrationHost ?? !lastOfSeveral,
        resolvable: wish.resolvable ?? !lastOfSeveral,
      };
    }),
  );
  const knownHostsFile = join(folder, 'known_hosts');
  const known = hosts.flatMap((host) => host.hostKeys.map((key) => `${host.address} ${key.publicKey}\n`));
  await writeFile(knownHostsFile, known.join(''));
  const password = (): string => randomBytes(9).toString('base64url');
  const lab: LabDescription = {
    name,
    index,
    folder,
    subnet: `10.77.${index}.0/24`,
    workstation: `10.77.${index}.254`,
    cable: cableOf(index),
    keyFile,
    knownHostsFile,
    users: {
      operator: { user: 'operator', password: password() },
      norights: { user: 'norights', password: password() },
    },
    sharedPool: { name: 'shared', path: insideHost.sharedPool, outsidePath: join(folder, 'shared') },
    owner: stays ? null : ownProcess(),
    hosts,
    guests: [],
  };
  await writeLab(lab);
  return lab;
}

async function buildHosts(lab: LabDescription, say: (line: string) => void): Promise<void> {
  await runProgram([
    'qemu-img',
    'create',
    '-q',
    '-f',
    'qcow2',
    join(lab.sharedPool.outsidePath, 'base.qcow2'),
    '16M',
  ]);
  await layNetwork(lab);
  const start = async (host: LabHost): Promise<void> => {
    await writeHostFiles(lab, host);
    await cp(join(lab.sharedPool.outsidePath, 'base.qcow2'), join(host.localPool.outsidePath, 'base.qcow2'));
    await plugHost(lab, host);
    await bootHost(lab, host);
    say(`${host.name} is up at ${host.address}`);
  };
  let rest = lab.hosts;
  const [probing] = lab.hosts.filter((host) => host.libvirt);
  const cache = labCacheFolder();
  if (probing && (await probeIsOutdated(cache))) {
    say('libvirt finds out what QEMU can do (a few seconds, once a machine)');
    await start(probing);
    await keepProbe(probing, cache);
    await writeFile(join(cache, 'capabilities.for'), await probeSubject());
    rest = lab.hosts.filter((host) => host !== probing);
  }
  await Promise.all(rest.map(start));
}

/** Whose times of change libvirt itself compares: where one differs, every host would probe again. */
const probed = ['/usr/sbin/libvirtd', '/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-system-i386'];

/** What a probe holds for: these programs as installed now, on this kernel. */
async function probeSubject(): Promise<string> {
  const changed = probed.map((path) => `${path} ${statSync(path, { throwIfNoEntry: false })?.ctimeMs}\n`);
  const packages = ['qemu-system-x86', 'libvirt-daemon', 'libvirt-daemon-driver-qemu'];
  const versions = await runProgram(['dpkg-query', '-W', '-f', '${Package} ${Version}\n', ...packages]);
  return `${versions}${changed.join('')}${await runProgram(['uname', '-rv'])}`;
}

async function probeIsOutdated(cache: string): Promise<boolean> {
  const held = await readFile(join(cache, 'capabilities.for'), 'utf8').catch(() => '');
  return !existsSync(join(cache, 'capabilities')) || held !== (await probeSubject());
}

function guestWishes(
  guests: NonNullable<LabWish['guests']>,
): readonly (GuestWish & { readonly host?: string })[] {
  if (typeof guests !== 'number') return guests;
  const dirty = { dirtyMiB: 32, dirtyRateMiBPerSecond: 8 };
  return Array.from({ length: guests }, (_, at) => ({ name: `vm-${at + 1}`, ...(at === 0 ? dirty : {}) }));
}

async function buildGuests(
  lab: LabDescription,
  wishes: readonly (GuestWish & { readonly host?: string })[],
  say: (line: string) => void,
): Promise<LabDescription> {
  const able = lab.hosts.filter((host) => host.libvirt);
  let grown = lab;
  const planned = wishes.map((wish, at) => {
    const host =
      wish.host === undefined ? able[at % able.length] : lab.hosts.find((one) => one.name === wish.host);
    if (!host?.libvirt) throw new LabError(`Guest ${wish.name} has no host with libvirt to run on.`);
    const guest = planGuest(grown, host, wish);
    grown = { ...grown, guests: [...grown.guests, guest] };
    return { wish, host, guest };
  });
  await writeLab(grown);
  await Promise.all(
    planned.map(async ({ wish, host, guest }) => {
      await defineOnHost(host, guest, wish);
      await virsh(host, ['start', guest.name]);
      await awaitGuest(guest);
      say(`${guest.name} runs on ${host.name} and answers at ${guest.address}`);
    }),
  );
  return grown;
}
