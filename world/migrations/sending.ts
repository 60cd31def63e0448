import { workloadOf } from '../hosts/guests.ts';
import type { GuestMemory } from '../physics/guestMemory.ts';
import { streamOf } from '../physics/random.ts';
import { beginTransfer, defaultCosts } from '../physics/transfer.ts';
import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { growDisk } from '../storage/growing.ts';
import { fileAt, freeBytesOf, placeOf } from '../storage/stores.ts';
import { performFailed } from './endings.ts';
import type { End } from './find.ts';
import { paceOf, schedulePace, shareLinks } from './flows.ts';
import { noteMigration } from './noting.ts';
import { take } from './transferring.ts';
import type { TransferState } from './transferState.ts';
import { addTransfer } from './transfersAt.ts';

const mebibyte = 1024 ** 2;
/** QEMU's own; the console sets another while it runs. */
const defaultDowntimeMs = 300;

/** Both QEMUs are connected: memory flows from now on, and disks before it where they are copied. */
export function beginSending(world: World, source: End, toHost: HostState, there: InstanceState): void {
  const { host, domain, instance } = source;
  const { outgoing } = instance;
  if (outgoing === undefined || there.incoming === undefined) return;
  const { settings } = outgoing;
  growDisk(world, host, domain);
  const copiedDisks = copiedPaths(domain, settings.copyStorage === 'none' ? [] : settings.copyDisks);
  const diskBytes = copiedDisks.reduce(
    (sum, path) => sum + (fileAt(world, host.name, path)?.usedBytes ?? 0),
    0,
  );
  const full = copiedDisks.find((path) => {
    const place = placeOf(world, toHost.name, path);
    return place === undefined || freeBytesOf(world, place) < diskBytes;
  });
  if (full !== undefined) {
    return performFailed(
      world,
      source,
      `operation failed: migration of disk failed: ${full}: No space left on device`,
    );
  }
  const number = world.newNumber();
  const base = {
    id: `transfer-${number}`,
    uuid: domain.uuid,
    from: host.name,
    to: toHost.name,
    copiedDisks,
    copiesDisks: copiedDisks.length > 0,
  };
  const model = beginTransfer(
    {
      stream: streamOf(world.state.seed, `${domain.uuid} ${number}`),
      stop: { kind: 'qemu', downtimeLimitMs: defaultDowntimeMs },
      ...(settings.bandwidthMiBPerSecond === undefined
        ? {}
        : { bandwidthCapBytesPerSecond: settings.bandwidthMiBPerSecond * mebibyte }),
      autoConverge: settings.autoConverge,
      postCopy: settings.postCopy,
      diskBytes,
      costs: defaultCosts,
    },
    memoryOf(world, domain),
    { bytesPerSecond: 0, burstBytesPerSecond: 0 },
    paceOf(world, base),
    world.now,
  );
  const transfer: TransferState = {
    ...base,
    model,
    turn: 0,
    flows: false,
    senderThere: true,
    receiverThere: true,
  };
  addTransfer(world, transfer);
  outgoing.phase = 'performing';
  outgoing.transfer = transfer.id;
  there.incoming.transfer = transfer.id;
  noteMigration(world, transfer, 'begun');
  take(world, transfer, { transfer: model, events: [] });
  shareLinks(world, transfer.from, transfer.to);
  schedulePace(world, transfer);
}

function memoryOf(world: World, { uuid, definition }: DomainState): GuestMemory {
  const { memory } = workloadOf(world, uuid);
  const totalBytes = definition.memoryMiB * mebibyte;
  const touchedBytes = Math.round(totalBytes * memory.touchedShare);
  return {
    totalBytes,
    touchedBytes,
    writes: {
      workingSetBytes: Math.min(touchedBytes, memory.workingSetMiB * mebibyte),
      bytesPerSecond: memory.writesMiBPerSecond * mebibyte,
      pattern: memory.pattern,
    },
  };
}

function copiedPaths({ definition }: DomainState, targets: readonly string[]): readonly string[] {
  return definition.disks.flatMap(({ target, source }) =>
    source !== undefined && targets.includes(target) ? [source] : [],
  );
}
