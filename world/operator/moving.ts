import type { WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import { reach } from '../hosts/path.ts';
import { begin } from '../migrations/beginning.ts';
import { confirm } from '../migrations/confirming.ts';
import { jobOf, startPostCopy } from '../migrations/control.ts';
import { transferBy } from '../migrations/find.ts';
import { finish } from '../migrations/finishing.ts';
import { perform } from '../migrations/performing.ts';
import { prepare } from '../migrations/preparing.ts';
import { jobStatistics } from '../physics/jobStatistics.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import type { DomainState, HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { writtenFiles } from '../storage/disks.ts';
import { createImage, inspectFile, keepImage, removeImage } from '../storage/files.ts';
import { placeOf } from '../storage/stores.ts';
import { evacuationGoesOn } from './evacuating.ts';
import { type MoveFigures, note, reasonOf } from './happenings.ts';

export type MoveOptions = Pick<
  Extract<TimelineAction, { readonly kind: 'evacuate' }>,
  'copyStorage' | 'autoConverge' | 'postCopy' | 'bandwidthMiBPerSecond' | 'maxDowntimeMs'
>;

/** A migration that the world's operator has under way. */
export interface OperatorMove {
  readonly id: string;
  readonly uuid: string;
  readonly vm: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  readonly images: readonly string[];
  /** The evacuation that it belongs to. */
  readonly evacuation?: string;
  figures?: MoveFigures;
}

interface Wanted extends MoveOptions {
  readonly uuid: string;
  readonly vm: string;
  readonly to: string;
  readonly evacuation?: string;
}

/** How often it is looked whether a move is to be switched to post-copy. */
const lookEveryMs = 1000;
/** After the first pass over memory, as Drover does. */
const switchFromRound = 2;

/**
 * As a console migrates: begin, prepare, perform, finish, confirm, with the operator in the place of the console's
 * session. How it ends is noted; what it has promised before it could begin is a refusal.
 * @throws Error where it cannot begin
 */
export function startMove(world: World, wanted: Wanted): void {
  const { uuid, vm, to: toName } = wanted;
  const from = world.hosts().find(({ domains }) => {
    const instance = domains[uuid]?.instance;
    return instance !== undefined && instance.incoming === undefined;
  });
  const to = world.host(toName);
  if (from === undefined || to === undefined) throw new Error(`${vm} does not run`);
  if (from === to) throw new Error(`${vm} is on ${toName} already`);
  if (!reach(world, from, to)) throw new Error(`${from.name} and ${toName} do not reach each other`);
  const domain = from.domains[uuid];
  if (domain?.instance?.outgoing !== undefined) throw new Error(`${vm} is being migrated already`);
  if (domain === undefined) throw new Error(`${vm} does not run`);
  const disks = wanted.copyStorage ? ownDisks(world, from, domain) : [];
  const id = `operator-${world.newNumber()}`;
  const images = makeImages(
    world,
    from,
    to,
    disks.map(({ source }) => source),
    id,
  );
  const move: OperatorMove = {
    id,
    uuid,
    vm,
    from: from.name,
    to: toName,
    startedAt: world.now,
    images,
    ...(wanted.evacuation === undefined ? {} : { evacuation: wanted.evacuation }),
  };
  world.state.moves[id] = move;
  run(
    world,
    move,
    settingsOf(
      world,
      wanted,
      to,
      disks.map(({ target }) => target),
    ),
    from,
    to,
  );
}

function settingsOf(
  world: World,
  wanted: Wanted,
  to: HostState,
  copyDisks: readonly string[],
): WorldMigrationSettings {
  return {
    domainName: wanted.vm,
    copyStorage: copyDisks.length > 0 ? 'full' : 'none',
    copyDisks,
    autoConverge: wanted.autoConverge,
    postCopy: wanted.postCopy,
    resumePostCopy: false,
    unsafe: false,
    destinationAddress: world.facts(to).address,
    ...(wanted.bandwidthMiBPerSecond === undefined
      ? {}
      : { bandwidthMiBPerSecond: wanted.bandwidthMiBPerSecond }),
    ...(wanted.maxDowntimeMs === undefined ? {} : { maxDowntimeMs: wanted.maxDowntimeMs }),
  };
}

/** The five calls of libvirt's, each begun by the answer to the one before. */
function run(
  world: World,
  move: OperatorMove,
  settings: WorldMigrationSettings,
  from: HostState,
  to: HostState,
): void {
  const { id, uuid } = move;
  const fail = (thrown: unknown) => moveEnded(world, move, thrown);
  const attempt = (call: () => void) => {
    // A restart of the world's process has ended it meanwhile.
    if (world.state.moves[id] === undefined) return;
    try {
      call();
    } catch (thrown) {
      fail(thrown);
    }
  };
  attempt(() =>
    begin(world, from, { uuid, settings }, id, {
      fail,
      ok: ({ cookie, domain }) =>
        attempt(() => {
          const { uri } = prepare(world, to, { settings, cookie, domain }, id);
          if (settings.postCopy) lookLater(world, id);
          perform(
            world,
            from,
            { uuid, uri, resume: false },
            {
              fail: (thrown) => {
                takeBack(world, move, to);
                fail(thrown);
              },
              ok: () =>
                attempt(() =>
                  finish(
                    world,
                    to,
                    { uuid, cancelled: false },
                    {
                      fail: (thrown) => {
                        goBack(world, move, from);
                        fail(thrown);
                      },
                      ok: () =>
                        attempt(() => {
                          keepFigures(world, move, from);
                          confirm(world, from, { uuid, cancelled: false });
                          moveEnded(world, move, undefined);
                        }),
                    },
                  ),
                ),
            },
          );
        }),
    }),
  );
}

/** The QEMU that waited is taken away, if it is there still. */
function takeBack(world: World, { uuid }: OperatorMove, to: HostState): void {
  if (to.domains[uuid]?.instance?.incoming === undefined) return;
  try {
    finish(world, to, { uuid, cancelled: true }, { ok: () => undefined, fail: () => undefined });
  } catch {
    // It has gone by itself meanwhile.
  }
}

/** The guest has not come up there, so it goes on here. */
function goBack(world: World, { uuid }: OperatorMove, from: HostState): void {
  if (from.domains[uuid]?.instance?.outgoing === undefined) return;
  try {
    confirm(world, from, { uuid, cancelled: true });
  } catch {
    // It has gone by itself meanwhile.
  }
}

function moveEnded(world: World, move: OperatorMove, thrown: unknown): void {
  if (world.state.moves[move.id] === undefined) return;
  delete world.state.moves[move.id];
  const to = world.host(move.to);
  for (const path of move.images) {
    if (to === undefined) continue;
    if (thrown === undefined) keepImage(world, to, path, move.id);
    else removeImage(world, to, path, move.id);
  }
  const { figures } = move;
  note(world, {
    kind: 'moved',
    object: move.vm,
    outcome: thrown === undefined ? 'done' : 'failed',
    ...(thrown === undefined ? {} : { reason: reasonOf(thrown) }),
    figures: figures ?? {
      from: move.from,
      to: move.to,
      totalMs: Math.round(world.now - move.startedAt),
      downtimeMs: 0,
      sentBytes: 0,
      rounds: 0,
      throttlePercent: 0,
    },
  });
  if (move.evacuation !== undefined) evacuationGoesOn(world, move.evacuation);
}

function keepFigures(world: World, move: OperatorMove, from: HostState): void {
  const transfer = transferBy(world, from.domains[move.uuid]?.instance?.outgoing?.transfer);
  if (transfer === undefined) return;
  const job = jobStatistics(transfer.model, world.now);
  move.figures = {
    from: move.from,
    to: move.to,
    totalMs: Math.round(world.now - move.startedAt),
    downtimeMs: Math.round(job.downtimeMs ?? 0),
    sentBytes: Math.round(job.memorySentBytes + job.diskSentBytes),
    rounds: job.round ?? 0,
    throttlePercent: job.throttlePercent ?? 0,
  };
}

function lookLater(world: World, move: string): void {
  world.schedule(lookEveryMs, { kind: 'operator-look', move });
}

/** Whether the guest is to run over there now, its memory behind it. */
export function operatorLooks(world: World, id: string): void {
  const move = world.state.moves[id];
  const from = world.host(move?.from ?? '');
  if (move === undefined || from === undefined) return;
  const job = jobOf(world, from, move.uuid);
  if (job === undefined) return;
  if ((job.round ?? 0) < switchFromRound) return lookLater(world, id);
  try {
    startPostCopy(world, from, move.uuid);
  } catch {
    // It is through already, or not yet: whichever, nothing is lost.
    if (from.domains[move.uuid]?.instance?.outgoing?.phase === 'performing') lookLater(world, id);
  }
}

/** After a restart of the world's process the operator is connected to nothing: what was under way has ended. */
export function movesLost(world: World): void {
  for (const move of Object.values(world.state.moves)) {
    moveEnded(
      world,
      move,
      new Error("the world's process ended meanwhile, and with it the operator's connections"),
    );
  }
}

/** Disks on storage that the other host does not see, with the files that they are. */
function ownDisks(world: World, from: HostState, domain: DomainState) {
  const written = writtenFiles(domain);
  return domain.definition.disks.flatMap(({ target, source }) =>
    source !== undefined &&
    written.includes(source) &&
    placeOf(world, from.name, source)?.pool.shared === false
      ? [{ target, source }]
      : [],
  );
}

function makeImages(
  world: World,
  from: HostState,
  to: HostState,
  paths: readonly string[],
  token: string,
): readonly string[] {
  const made: string[] = [];
  try {
    for (const path of paths) {
      const file = inspectFile(world, from, path);
      if (file === undefined) throw new Error(`${path} is not there`);
      createImage(world, to, { path, format: file.format, virtualBytes: file.virtualBytes }, token);
      made.push(path);
    }
    return made;
  } catch (thrown) {
    for (const path of made) removeImage(world, to, path, token);
    throw thrown;
  }
}
