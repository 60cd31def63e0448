import { basename, dirname, join } from 'node:path/posix';
import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import type { StorageDriver } from '../drivers.ts';
import type { HostAccess } from './hostLink.ts';
import { quote } from './ssh/shell.ts';
import type { ExecOptions, SshConnection } from './ssh/ssh.ts';
import { openStamps } from './storageStamps.ts';

const imageInfoSchema = z.object({
  format: z.string(),
  'virtual-size': z.number(),
  'actual-size': z.number().default(0),
  'backing-filename': z.string().optional(),
  'full-backing-filename': z.string().optional(),
  'backing-filename-format': z.string().optional(),
});

const imageDeadlineMs = 60_000;
const notThere = 44;
const alreadyThere = 45;
const commandNotFound = 127;

/** Files of a host, over plain commands in its own shell: no pool need be defined for a disk to be found. */
export function libvirtStorage(link: HostAccess): StorageDriver {
  const run = async (
    tried: string,
    command: string,
    options: ExecOptions | undefined,
    allowed: readonly number[] = [],
  ) => {
    const result = await link.login().exec(`LC_ALL=C; export LC_ALL; ${command}`, options ?? {});
    if (result.code === 0 || allowed.includes(result.code)) return result;
    throw refusal(`${tried} on ${link.name}`, link.name, result);
  };
  return {
    async writeMarker(path, token, options) {
      await run(
        `Write a marker beside ${path}`,
        // cat, because dash's own printf says of a full disk just "I/O error".
        `umask 022; ${markerOf(path, token)}; ${sweepMarkers}; printf %s ${quote(token)} | cat > "$marker" || { code=$?; rm -f -- "$marker"; exit $code; }`,
        // A folder can be that of a server which does not answer: nothing is written there once nobody would remove it.
        { ...options, endWithLogin: true },
      );
    },
    async hasMarker(path, token, options) {
      const result = await run(
        `Look for a marker beside ${path}`,
        `${markerOf(path, token)}; test -r "$marker" || exit ${notThere}; head -c 200 "$marker"`,
        options,
        [notThere],
      );
      return result.code === 0 && result.stdout === token;
    },
    async removeMarker(path, token, options) {
      await run(`Remove the marker beside ${path}`, `${markerOf(path, token)}; rm -f -- "$marker"`, options);
    },
    async inspect(path, options) {
      const file = quote(path);
      const result = await run(
        `Inspect ${path}`,
        `test -e ${file} || exit ${notThere}; if test -b ${file}; then echo block; else echo file; fi; qemu-img info -U --output=json -- ${file}`,
        { deadlineMs: imageDeadlineMs, ...options },
        [notThere],
      );
      if (result.code === notThere) return undefined;
      return imageInfo(path, result.stdout);
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
    async createImage(image, token, options) {
      const [file, ours] = [quote(image.path), quote(ownNameOf(image.path, token))];
      const backing =
        image.backing === undefined
          ? ''
          : ` -b ${quote(image.backing.path)} -F ${quote(image.backing.format)}`;
      await run(
        `Make the image ${image.path}`,
        `test -e ${file} && exit ${alreadyThere}; qemu-img create -q -f ${quote(image.format)}${backing} ${ours} ${image.virtualBytes} || { code=$?; rm -f -- ${ours}; exit $code; }; ` +
          // A link is made or refused in one step, so what is there already is never overwritten.
          `ln -- ${ours} ${file} || { rm -f -- ${ours}; test -e ${file} && exit ${alreadyThere}; exit 1; }`,
        { deadlineMs: imageDeadlineMs, ...options },
      );
    },
    async keepImage(path, token, options) {
      await run(`Keep the image ${path}`, `rm -f -- ${quote(ownNameOf(path, token))}`, options);
    },
    async removeImage(path, token, options) {
      const [file, ours] = [quote(path), quote(ownNameOf(path, token))];
      await run(
        `Remove the image ${path}`,
        `if test ${file} -ef ${ours}; then rm -f -- ${file}; fi; rm -f -- ${ours}`,
        options,
      );
    },
    async fingerprint(path, options) {
      const result = await run(
        `Compare ${path}`,
        fingerprintScript(path),
        { deadlineMs: imageDeadlineMs, ...options },
        [notThere],
      );
      return result.code === notThere ? undefined : result.stdout.trim();
    },
    openStamps: (paths, options) => openStamps(link, paths, options),
  };
}

function refusal(
  tried: string,
  host: string,
  { code, stderr }: Awaited<ReturnType<SshConnection['exec']>>,
): DroverError {
  const said = stderr.trim();
  if (code === commandNotFound) {
    return new DroverError({
      code: 'program-missing',
      tried,
      cause: `it lacks a program: ${said}`,
      next: `Install qemu-utils (Debian) or qemu-img (Fedora) on ${host}`,
    });
  }
  if (code === alreadyThere) {
    return new DroverError({
      code: 'already-exists',
      tried,
      cause: 'there is a file of that name already, and what is there is never overwritten',
      next: `See what it is on ${host}, and move it away if nothing needs it`,
    });
  }
  return new DroverError({
    code: /no space left|disk quota/i.test(said) ? 'no-room' : 'storage-refused',
    tried,
    cause: said === '' ? `the command ended with ${code}` : said,
    next: `Check the path, the room and the rights of the login on ${host}`,
  });
}

function imageInfo(path: string, output: string) {
  const [kind = '', ...json] = output.split('\n');
  const parsed = imageInfoSchema.safeParse(jsonOf(json.join('\n')));
  if (!parsed.success) {
    throw new DroverError({
      code: 'protocol-broken',
      tried: `Inspect ${path}`,
      cause: 'qemu-img answered with something else than a description of an image',
      next: `Run "qemu-img info ${path}" there`,
    });
  }
  const { format, 'virtual-size': virtualBytes, 'actual-size': usedBytes } = parsed.data;
  const isBlock = kind === 'block';
  const backingPath = parsed.data['full-backing-filename'] ?? parsed.data['backing-filename'];
  return {
    format,
    virtualBytes,
    usedBytes,
    kind: isBlock ? ('block' as const) : ('file' as const),
    ...(backingPath === undefined
      ? {}
      : { backing: { path: backingPath, format: parsed.data['backing-filename-format'] ?? 'raw' } }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The marker lies beside the file itself: a link in a shared folder may lead to a file that is not shared. */
function markerOf(path: string, token: string): string {
  return `file=$(readlink -f -- ${quote(path)} || printf %s ${quote(path)}); marker=$(dirname -- "$file")/.drover-${token}`;
}

/** Only what is a marker to the letter: named after a token, and that token is all that is in it. */
const sweepMarkers = [
  'find "$(dirname -- "$file")" -maxdepth 1 -type f -name \'.drover-*\' -mmin +60 -size -2',
  '-exec sh -c \'for old do test "$(head -c 200 "$old")" = "${old##*/.drover-}" && rm -f -- "$old"; done\' sh {} +',
  '2>/dev/null || true',
].join(' ');

function ownNameOf(path: string, token: string): string {
  return join(dirname(path), `.${basename(path)}.drover-${token}`);
}

/** Its size, and a hash of 64 samples of 64 KiB spread over it: a base of many GiB is not read whole. */
function fingerprintScript(path: string): string {
  return [
    `file=${quote(path)}; test -r "$file" || exit ${notThere}`,
    'size=$(stat -L -c %s -- "$file")',
    'blocks=$((size / 65536 + 1)); step=$((blocks / 64 + 1)); at=0',
    'hash=$(while [ $at -lt $blocks ]; do dd if="$file" bs=65536 skip=$at count=1 2>/dev/null; at=$((at + step)); done | sha256sum)',
    'echo "$size ${hash%% *}"',
  ].join('; ');
}
