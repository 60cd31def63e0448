import type { WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import { reach } from '../hosts/path.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import { noteHappening, reasonOf } from '../state/happenings.ts';
import type { World } from '../state/world.ts';
import { keepImage, removeImage } from '../storage/files.ts';
import { answers } from './choosing.ts';
import { makeImages, ownDisks } from './disks.ts';
import { arrivalEnded, evacuationGoesOn } from './evacuating.ts';
import { carryOut } from './phases.ts';
import { whereItRuns } from './whereabouts.ts';

export type MoveOptions = Pick<
  Extract<TimelineAction, { readonly kind: 'evacuate' }>,
  'copyStorage' | 'autoConverge' | 'postCopy' | 'bandwidthMiBPerSecond' | 'maxDowntimeMs'
>;

/** A migration that the world's operator has under way. Its id stands where a console's session does. */
export interface OperatorMove {
  readonly id: string;
  readonly uuid: string;
  readonly vm: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  readonly settings: WorldMigrationSettings;
  /** Made at the destination for it. */
  readonly images: readonly string[];
  /** The evacuation that it belongs to. */
  readonly evacuation?: string;
  /** The source was told to send: what comes of it is noted with its end. */
  isSending: boolean;
  /** What was asked for at its source after the first pass, or needs not be. */
  isSet: boolean;
}

interface Wanted extends MoveOptions {
  readonly uuid: string;
  readonly vm: string;
  readonly to: string;
  readonly evacuation?: string;
}

/** Begins what a console's migration begins with. @throws Error why it cannot be tried at all */
export function startMove(world: World, wanted: Wanted): void {
  const { uuid, vm, to: toName, evacuation } = wanted;
  const to = world.host(toName);
  const { host: from, domain } = whereItRuns(world, uuid) ?? {};
  if (to === undefined || from === undefined || domain === undefined) throw new Error(`${vm} does not run`);
  if (from === to) throw new Error(`${vm} is on ${toName} already`);
  for (const host of [from, to]) {
    if (!answers(world, host)) throw new Error(`${host.name} does not answer`);
  }
  if (!reach(world, from, to)) throw new Error(`${from.name} and ${toName} do not reach each other`);
  if (domain.instance?.outgoing !== undefined) throw new Error(`${vm} is being migrated already`);
  const disks = wanted.copyStorage ? ownDisks(world, from, domain) : [];
  const images = disks.map(({ source }) => source);
  const id = `operator-${world.newNumber()}`;
  makeImages(world, from, to, images, id);
  const copyDisks = disks.map(({ target }) => target);
  const move: OperatorMove = {
    id,
    uuid,
    vm,
    from: from.name,
    to: toName,
    startedAt: world.now,
    settings: settingsOf(wanted, copyDisks, world.facts(to).address),
    images,
    ...(evacuation === undefined ? {} : { evacuation }),
    isSending: false,
    isSet: !wanted.postCopy && wanted.maxDowntimeMs === undefined,
  };
  world.state.moves[id] = move;
  carryOut(world, move, from, to);
}

function settingsOf(
  wanted: Wanted,
  copyDisks: readonly string[],
  destinationAddress: string,
): WorldMigrationSettings {
  const { bandwidthMiBPerSecond, maxDowntimeMs } = wanted;
  return {
    domainName: wanted.vm,
    copyStorage: copyDisks.length > 0 ? 'full' : 'none',
    copyDisks,
    autoConverge: wanted.autoConverge,
    postCopy: wanted.postCopy,
    resumePostCopy: false,
    unsafe: false,
    destinationAddress,
    ...(bandwidthMiBPerSecond === undefined ? {} : { bandwidthMiBPerSecond }),
    ...(maxDowntimeMs === undefined ? {} : { maxDowntimeMs }),
  };
}

/**
 * It is over for the operator, who goes on with the next of its list; none is tried a second time. What came of one
 * that was sending is noted by the migration itself; `thrown` is noted of one that never came to it.
 */
export function moveEnded(
  world: World,
  { id }: OperatorMove,
  outcome: 'done' | 'failed',
  thrown?: unknown,
): void {
  const move = world.state.moves[id];
  if (move === undefined) return;
  delete world.state.moves[id];
  const to = world.host(move.to);
  // Once it was told to start, the guest may come up there whatever the operator hears.
  const isKept = outcome === 'done' || to?.domains[move.uuid]?.instance?.incoming?.finishing === true;
  const settle = isKept ? keepImage : removeImage;
  if (to !== undefined) {
    for (const path of move.images) settle(world, to, path, id);
  }
  if (!move.isSending) {
    noteHappening(world, {
      kind: 'migrate-vm',
      object: move.vm,
      outcome: 'refused',
      reason: reasonOf(thrown),
      host: move.from,
      to: move.to,
    });
  }
  if (move.evacuation !== undefined) evacuationGoesOn(world, move.evacuation, outcome);
  arrivalEnded(world, move.to);
}
