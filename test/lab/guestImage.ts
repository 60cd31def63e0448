import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unpackedKernel } from './kernelImage.ts';
import { LabError } from './labError.ts';
import { withLock } from './lock.ts';
import { labCacheFolder } from './places.ts';
import { runProgram, tryProgram } from './runProgram.ts';

export interface GuestImage {
  readonly kernel: string;
  readonly initrd: string;
}

/** In the order a guest wants them; what they depend on is read from the modules themselves. */
const wantedModules = ['virtio_pci', 'virtio_net', 'virtio_blk', 'virtio_balloon', 'button', 'evdev'];
const guestSource = join(import.meta.dirname, 'guest', 'guest.c');
/** What the image is made of and how. */
const recipeFiles = [
  guestSource,
  ...['guestImage.ts', 'kernelImage.ts'].map((name) => join(import.meta.dirname, name)),
];
const metaPackage = 'linux-image-cloud-amd64';

/**
 * The guest's kernel and initramfs, made once and cached: Debian's cloud kernel (downloaded by apt, unpacked, never
 * installed; DROVER_LAB_KERNEL_DEB names a package file to use instead), busybox, and guest.c as its PID 1. Nothing in it
 * is packed: under emulation unpacking is dear, and a run of all tests boots a guest more than a hundred times.
 */
export async function provideGuestImage(say: (line: string) => void): Promise<GuestImage> {
  const cache = labCacheFolder();
  const recipe = createHash('sha256');
  for (const file of recipeFiles) recipe.update(await readFile(file));
  const folder = join(cache, `guest-${recipe.digest('hex').slice(0, 16)}`);
  const image = { kernel: join(folder, 'kernel'), initrd: join(folder, 'initrd') };
  if (existsSync(image.initrd)) return image;
  return await withLock(join(cache, 'guest.lock'), 300_000, async () => {
    if (existsSync(image.initrd)) return image;
    const work = await mkdtemp(join(cache, 'building-'));
    try {
      const kernelFolder = await provideKernel(cache, work, say);
      say('Building the guest image');
      const made = join(work, 'made');
      await mkdir(made);
      const bzImage = await readFile(await oneFileIn(join(kernelFolder, 'boot'), /^vmlinuz-/));
      await writeFile(join(made, 'kernel'), unpackedKernel(bzImage));
      await makeInitrd(kernelFolder, work, join(made, 'initrd'));
      await rm(folder, { recursive: true, force: true });
      await rename(made, folder);
      return image;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

async function provideKernel(cache: string, work: string, say: (line: string) => void): Promise<string> {
  const unpacked = join(work, 'kernel');
  await runProgram(['dpkg-deb', '-x', await kernelPackage(cache, say), unpacked], { deadlineMs: 120_000 });
  return unpacked;
}

async function kernelPackage(cache: string, say: (line: string) => void): Promise<string> {
  const given = process.env.DROVER_LAB_KERNEL_DEB;
  if (given) return given;
  const folder = join(cache, 'kernel');
  await mkdir(folder, { recursive: true });
  const present = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (present) return join(folder, present);
  say('Downloading the Debian cloud kernel for the guests (about 27 MB, once)');
  // Package lists may be missing or older than the archive; then one update and a second try.
  if (!(await download(folder))) {
    await tryProgram(['apt-get', 'update', '-qq'], { deadlineMs: 180_000 });
    if (!(await download(folder)))
      throw new LabError(
        `apt-get could not download the kernel that ${metaPackage} stands for. See what \`apt-get download ${metaPackage}\` says, or set DROVER_LAB_KERNEL_DEB to the file of a linux-image-*-cloud-amd64 package.`,
      );
  }
  return await oneFileIn(folder, /\.deb$/);
}

async function download(folder: string): Promise<boolean> {
  const asked = await tryProgram(['apt-cache', 'depends', '--important', metaPackage]);
  const name = /Depends: (linux-image-\S+)/.exec(asked.stdout)?.[1];
  if (name === undefined) return false;
  const got = await tryProgram(['apt-get', 'download', '-qq', name], { cwd: folder, deadlineMs: 240_000 });
  return got.exitCode === 0 && (await readdir(folder)).some((file) => file.endsWith('.deb'));
}

async function makeInitrd(kernelFolder: string, work: string, archive: string): Promise<void> {
  const root = join(work, 'root');
  await mkdir(join(root, 'bin'), { recursive: true });
  await runProgram(['gcc', '-O2', '-static', '-s', '-o', join(root, 'init'), guestSource]);
  await cp('/bin/busybox', join(root, 'bin', 'busybox'));
  const applets = [
    'sh',
    'cat',
    'echo',
    'free',
    'ip',
    'ls',
    'mount',
    'ping',
    'poweroff',
    'ps',
    'reboot',
    'top',
    'uptime',
  ];
  for (const applet of applets) await symlink('busybox', join(root, 'bin', applet));
  await copyModules(join(kernelFolder, await modulesOf(kernelFolder)), join(root, 'modules'));
  await chmod(root, 0o755);
  const names = await runProgram(['find', '.', '-mindepth', '1'], { cwd: root });
  await runProgram(['cpio', '--quiet', '-o', '-H', 'newc', '-R', '0:0', '-F', archive], {
    cwd: root,
    input: names,
  });
}

/** lib/modules, or usr/lib/modules since Debian merged the two. */
async function modulesOf(kernelFolder: string): Promise<string> {
  for (const folder of ['usr/lib/modules', 'lib/modules'])
    if (existsSync(join(kernelFolder, folder))) return folder;
  throw new LabError(
    `The kernel package unpacked in ${kernelFolder} holds no modules. Remove it from the cache and try again.`,
  );
}

async function copyModules(from: string, to: string): Promise<void> {
  await mkdir(to);
  const files = new Map<string, string>();
  for (const entry of await readdir(from, { recursive: true })) {
    const name = /^(.+)\.ko(?:\.xz)?$/.exec(basename(entry))?.[1];
    if (name !== undefined) files.set(name.replaceAll('-', '_'), join(from, entry));
  }
  const order: string[] = [];
  const add = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (order.includes(name) || file === undefined) return; // not a module: built into the kernel
    const target = join(to, name);
    await cp(file, file.endsWith('.xz') ? `${target}.xz` : target);
    if (file.endsWith('.xz')) await runProgram(['xz', '-d', `${target}.xz`]);
    const module = await readFile(target);
    await writeFile(target, withoutSignature(module));
    const depends = /\0depends=([^\0]*)\0/.exec(module.toString('latin1'))?.[1] ?? '';
    for (const other of depends.split(',').filter(Boolean)) await add(other.replaceAll('-', '_'));
    order.push(name);
  };
  for (const name of wantedModules) await add(name);
  await writeFile(join(to, 'order'), `${order.join('\n')}\n`);
}

/** A signature would be checked; the kernel takes a module without one as well. */
function withoutSignature(module: Buffer): Buffer {
  const mark = Buffer.from('~Module signature appended~\n');
  const end = module.length - mark.length;
  if (!module.subarray(end).equals(mark)) return module;
  // struct module_signature: 12 bytes, of which the last four are the length of what comes before them.
  return module.subarray(0, end - 12 - module.readUInt32BE(end - 4));
}

async function oneFileIn(folder: string, pattern: RegExp): Promise<string> {
  const name = (await readdir(folder)).find((entry) => pattern.test(entry));
  if (name === undefined)
    throw new LabError(
      `${folder} holds no file like ${pattern.source}. Remove ${labCacheFolder()} and try again.`,
    );
  return join(folder, name);
}
