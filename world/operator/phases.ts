import type { WorldDomain } from '#shared/contract/worldContract.ts';
import { begin } from '../migrations/beginning.ts';
import { confirm } from '../migrations/confirming.ts';
import { jobOf, setMaxDowntime, startPostCopy } from '../migrations/control.ts';
import { finish } from '../migrations/finishing.ts';
import { perform } from '../migrations/performing.ts';
import { prepare } from '../migrations/preparing.ts';
import { sessionGone } from '../migrations/sessionGone.ts';
import type { Answer } from '../sessions/sessions.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { answers } from './choosing.ts';
import { moveEnded, type OperatorMove } from './moving.ts';

/** How often the operator looks what a migration is at. */
const lookEveryMs = 1000;
/** After the first pass over memory, as Drover does. */
const postCopyFromRound = 2;

interface Ends {
  readonly world: World;
  readonly move: OperatorMove;
  readonly from: HostState;
  readonly to: HostState;
}

/** libvirt's five calls as a console makes them, each by the answer to the one before. */
export function carryOut(world: World, move: OperatorMove, from: HostState, to: HostState): void {
  const ends = { world, move, from, to };
  const { id, uuid, settings } = move;
  ask(
    ends,
    from,
    (answer: Answer<{ readonly cookie: string; readonly domain: WorldDomain }>) =>
      begin(world, from, { uuid, settings }, id, answer),
    (begun) => send(ends, begun),
    (thrown) => giveUp(ends, thrown),
  );
}

function send(ends: Ends, begun: { readonly cookie: string; readonly domain: WorldDomain }): void {
  const { world, move, from, to } = ends;
  const { id, uuid, settings } = move;
  ask(
    ends,
    to,
    (answer: Answer<{ readonly uri: string }>) => answer.ok(prepare(world, to, { settings, ...begun }, id)),
    ({ uri }) => {
      move.isSending = true;
      if (!move.isSet) world.schedule(0, { kind: 'operator-looks', move: id });
      ask(
        ends,
        from,
        (answer: Answer<object>) => perform(world, from, { uuid, uri, resume: false }, answer),
        () => startThere(ends),
        (thrown) => giveUp(ends, thrown),
      );
    },
    (thrown) => giveUp(ends, thrown),
  );
}

function startThere(ends: Ends): void {
  const { world, move, from, to } = ends;
  const { uuid } = move;
  ask(
    ends,
    to,
    (answer: Answer<object>) => finish(world, to, { uuid, cancelled: false }, answer),
    () =>
      ask(
        ends,
        from,
        (answer: Answer<object>) => answer.ok(confirm(world, from, { uuid, cancelled: false })),
        () => moveEnded(world, move, 'done'),
        (thrown) => giveUp(ends, thrown),
      ),
    (thrown) => giveUp(ends, thrown),
  );
}

/** What waits at the destination goes, and the guest goes on at the source. A host that is not reached does it alone. */
function giveUp({ world, move, from, to }: Ends, thrown: unknown): void {
  const { id, uuid } = move;
  const nobody = { ok: () => undefined, fail: () => undefined };
  if (!answers(world, to)) sessionGone(world, to, id);
  else if (to.domains[uuid]?.instance?.incoming?.session === id) {
    finish(world, to, { uuid, cancelled: true }, nobody);
  }
  if (!answers(world, from)) sessionGone(world, from, id);
  else if (from.domains[uuid]?.instance?.outgoing?.session === id) {
    confirm(world, from, { uuid, cancelled: true });
  }
  moveEnded(world, move, 'failed', thrown);
}

/**
 * Asks a host's libvirt: what is asked and what it answers get through while it is reached, and wait otherwise. Of a
 * move that is not under way any more nothing is asked or heard; one whose host stays silent is ended by that
 * (`operatorMisses`).
 */
function ask<T>(
  { world, move: { id } }: Ends,
  host: HostState,
  question: (answer: Answer<T>) => void,
  answered: (value: T) => void,
  refused: (thrown: unknown) => void,
): void {
  const throughTo = (run: () => void): void => {
    if (world.state.moves[id] === undefined) return;
    if (answers(world, host)) run();
    else world.after(lookEveryMs, () => throughTo(run));
  };
  const fail = (thrown: unknown) => throughTo(() => refused(thrown));
  throughTo(() => {
    try {
      question({ ok: (value) => throughTo(() => answered(value)), fail });
    } catch (thrown) {
      fail(thrown);
    }
  });
}

/** Sets the allowed downtime as soon as it can, and switches to post-copy when its time comes, if that was wanted. */
export function operatorLooks(world: World, id: string): void {
  const move = world.state.moves[id];
  const from = world.host(move?.from ?? '');
  if (move === undefined || from === undefined) return;
  const { uuid, settings } = move;
  const instance = from.domains[uuid]?.instance;
  // Its memory lies on both hosts, and the link between them broke: that is for a person.
  if (instance?.reason === 'post-copy-failed') return moveEnded(world, move, 'failed');
  if (answers(world, from) && !move.isSet) {
    try {
      if (settings.maxDowntimeMs !== undefined) setMaxDowntime(world, from, uuid, settings.maxDowntimeMs);
      const isDue = settings.postCopy && (jobOf(world, from, uuid)?.round ?? 0) >= postCopyFromRound;
      if (isDue) startPostCopy(world, from, uuid);
      move.isSet = isDue || !settings.postCopy;
    } catch {
      // It does not send yet, or is through already.
    }
  }
  if (!move.isSet || settings.postCopy) world.schedule(lookEveryMs, { kind: 'operator-looks', move: id });
}
