import { dirname, join } from 'node:path/posix';
import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import type { CallOptions, StorageDriver } from '../drivers.ts';
import type { HostLink } from './hostLink.ts';
import { quote } from './ssh/shell.ts';

const imageInfoSchema = z.object({
  format: z.string(),
  'virtual-size': z.number(),
  'actual-size': z.number().default(0),
});

const imageDeadlineMs = 60_000;
const notThere = 44;

/** Files of a host, over plain commands in its own shell: no pool need be defined for a disk to be found. */
export function libvirtStorage(link: HostLink): StorageDriver {
  const run = async (
    tried: string,
    command: string,
    options: CallOptions | undefined,
    allowed: readonly number[] = [],
  ) => {
    const result = await link.login().exec(`LC_ALL=C; export LC_ALL; ${command}`, options ?? {});
    if (result.code === 0 || allowed.includes(result.code)) return result;
    throw new DroverError({
      code: result.code === 127 ? 'storage-missing' : 'refused-by-rule',
      tried: `${tried} on ${link.name}`,
      cause: result.stderr.trim() === '' ? `the command ended with ${result.code}` : result.stderr.trim(),
      next:
        result.code === 127
          ? `Install qemu-utils (Debian) or qemu-img (Fedora) on ${link.name}`
          : 'Check the path and the rights of the login there',
    });
  };
  return {
    async writeMarker(path, token, options) {
      const marker = join(dirname(path), `.drover-${token}`);
      await run(
        `Write a marker beside ${path}`,
        `umask 022; printf %s ${quote(token)} > ${quote(marker)}`,
        options,
      );
      return marker;
    },
    async readMarker(markerPath, options) {
      const result = await run(
        `Read the marker ${markerPath}`,
        `test -r ${quote(markerPath)} || exit ${notThere}; head -c 200 ${quote(markerPath)}`,
        options,
        [notThere],
      );
      return result.code === notThere ? undefined : result.stdout;
    },
    async removeMarker(markerPath, options) {
      await run(`Remove the marker ${markerPath}`, `rm -f -- ${quote(markerPath)}`, options);
    },
    async inspect(path, options) {
      const file = quote(path);
      const result = await run(
        `Inspect ${path}`,
        `test -e ${file} || exit ${notThere}; qemu-img info -U --output=json -- ${file}`,
        { deadlineMs: imageDeadlineMs, ...options },
        [notThere],
      );
      if (result.code === notThere) return undefined;
      const info = imageInfoSchema.parse(JSON.parse(result.stdout));
      return { format: info.format, virtualBytes: info['virtual-size'], usedBytes: info['actual-size'] };
    },
    async freeBytes(path, options) {
      const folder = quote(dirname(path));
      const result = await run(
        `See how much room there is beside ${path}`,
        `test -d ${folder} || exit ${notThere}; stat -f -c '%a %S' -- ${folder}`,
        options,
        [notThere],
      );
      if (result.code === notThere) return undefined;
      const [blocks, size] = result.stdout.trim().split(' ').map(Number);
      return (blocks ?? 0) * (size ?? 0);
    },
    async createImage(image, options) {
      const file = quote(image.path);
      const backing =
        image.backing === undefined
          ? ''
          : ` -b ${quote(image.backing.path)} -F ${quote(image.backing.format)}`;
      await run(
        `Make the image ${image.path}`,
        // noclobber makes it ours in one step: what is there already is never overwritten.
        `set -C; : > ${file} || exit 1; set +C; qemu-img create -q -f ${quote(image.format)}${backing} ${file} ${image.virtualBytes} || { rm -f -- ${file}; exit 1; }`,
        { deadlineMs: imageDeadlineMs, ...options },
      );
    },
    async removeImage(path, options) {
      await run(`Remove the image ${path}`, `rm -f -- ${quote(path)}`, options);
    },
  };
}
