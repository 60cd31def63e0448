import type { Finding } from '#shared/model/diagnosis.ts';
import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import { bytesInWords } from '#shared/model/quantityWords.ts';
import type { Vm } from '#shared/model/vm.ts';
import { fine, found, listed } from './finding.ts';
import { asRoot, virsh, word } from './fix.ts';

type Pool = HostInspection['pools'][number];

const gibibyte = 1024 ** 3;
/** Nearly full: both a small share and little in itself, since a tenth of a large pool is plenty. */
const nearlyFull = { share: 0.1, bytes: 50 * gibibyte };
const full = { share: 0.02, bytes: 2 * gibibyte };
const littleMemory = { share: 0.05, mebibytes: 1024 };

/** Pools, the host's own file systems, and its memory. */
export function roomFindings(host: Host, vms: readonly Vm[], facts: HostInspection): readonly Finding[] {
  return [
    ...(facts.pools.length === 0
      ? [
          fine(
            'pools',
            `${host.name} has no storage pool.`,
            'VMs whose disks are named by their paths need none.',
          ),
        ]
      : facts.pools.flatMap((pool) => poolFindings(host, vms, facts, pool))),
    ...fileSystemFindings(host, facts),
    memoryFinding(host, facts),
  ];
}

function poolFindings(host: Host, vms: readonly Vm[], facts: HostInspection, pool: Pool): readonly Finding[] {
  const check = `pool.${pool.name}`;
  const start = found('warning', check, `The pool ${pool.name} is not started.`, {
    cause: `Its disks cannot be looked at or made${usedBy(vms, pool)}.`,
    fix: virsh(host, facts, `pool-start ${word(pool.name)}`),
  });
  const autostart = found(
    'warning',
    `${check}.autostart`,
    `The pool ${pool.name} does not start with ${host.name}.`,
    {
      cause: 'After a restart of the host it stays stopped until somebody starts it.',
      fix: virsh(host, facts, `pool-autostart ${word(pool.name)}`),
    },
  );
  const room = pool.active ? little(pool) : undefined;
  const tight =
    room === undefined
      ? []
      : [
          found(room, `${check}.room`, `The pool ${pool.name} is nearly full: ${left(pool)}.`, {
            cause: 'A VM whose disk cannot grow is paused at its next write.',
            ...(pool.path === undefined
              ? {}
              : {
                  fix: asRoot(
                    host,
                    facts,
                    `du -xah --max-depth=1 ${word(pool.path)} | sort -h | tail`,
                    'It lists what takes the room.',
                  ),
                }),
          }),
        ];
  const troubles = [...(pool.active ? [] : [start]), ...(pool.autostart ? [] : [autostart]), ...tight];
  return troubles.length === 0
    ? [fine(check, `The pool ${pool.name} is started, with ${left(pool)}.`)]
    : troubles;
}

function usedBy(vms: readonly Vm[], { path }: Pool): string {
  const names =
    path === undefined
      ? []
      : vms.filter((vm) => vm.disks.some((disk) => disk.source?.startsWith(`${path}/`))).map((vm) => vm.name);
  return names.length === 0 ? '' : `; ${listed(names)} ${names.length === 1 ? 'has' : 'have'} disks in it`;
}

interface Room {
  readonly capacityBytes: number;
  readonly availableBytes: number;
}

function little({ capacityBytes, availableBytes }: Room): 'warning' | 'blocking' | undefined {
  if (capacityBytes === 0) return undefined;
  const below = (limit: typeof full) =>
    availableBytes < limit.bytes && availableBytes / capacityBytes < limit.share;
  return below(full) ? 'blocking' : below(nearlyFull) ? 'warning' : undefined;
}

function left({ capacityBytes, availableBytes }: Room): string {
  return `${bytesInWords(Math.max(0, availableBytes))} of ${bytesInWords(capacityBytes)} free`;
}

function fileSystemFindings(host: Host, facts: HostInspection): readonly Finding[] {
  const told = (facts.fileSystems ?? []).filter(
    // One that a pool stands on has been told of with that pool.
    ({ device }) =>
      device === undefined || !facts.pools.some((pool) => pool.active && pool.device === device),
  );
  return told.map((one) => {
    const level = little(one);
    const check = `disk.${one.path}`;
    if (level === undefined) return fine(check, `${one.path} has ${left(one)}.`);
    return found(level, check, `${one.path} is nearly full: ${left(one)}.`, {
      cause: 'libvirt and QEMU write definitions, saved memory and logs there.',
      fix: asRoot(
        host,
        facts,
        `du -xh --max-depth=2 ${word(one.path)} | sort -h | tail`,
        'It lists what takes the room.',
      ),
    });
  });
}

function memoryFinding(host: Host, { memoryMiB, memoryFreeMiB }: HostInspection): Finding {
  const room = `${bytesInWords(memoryFreeMiB * 1_048_576)} of ${bytesInWords(memoryMiB * 1_048_576)} of memory`;
  if (memoryFreeMiB >= littleMemory.mebibytes || memoryFreeMiB / memoryMiB >= littleMemory.share)
    return fine('memory', `${room} is free.`);
  return found('warning', 'memory', `Only ${room} is free.`, {
    cause: `No further VM fits, and the kernel may end processes of ${host.name}, VMs among them.`,
    fix: {
      on: host.name,
      command: 'ps -eo rss,args --sort=-rss | head',
      note: 'It lists what takes the memory. A VM that is migrated away takes its share along.',
    },
  });
}
