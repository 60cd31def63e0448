import type { VmState, VmStateReason } from '#shared/model/vm.ts';

/** What one host says of the domain, or that it does not. */
export type HostWord =
  | { readonly kind: 'silent'; readonly declaredDead: boolean }
  | { readonly kind: 'absent' }
  | PresentWord;

export interface PresentWord {
  readonly kind: 'present';
  readonly state: VmState;
  readonly reason: VmStateReason;
  /** A migration job that the host holds for it: of the one that sends, or of the one that takes in. */
  readonly job: 'none' | 'outgoing' | 'incoming';
}

/**
 * How far the task got, by its journal. `finishing`: the destination may have been told to start the guest. `finished`:
 * it said that it did. Before that it cannot run there, post-copy included: libvirt starts QEMU with its CPUs halted
 * and sets them going in Finish (qemu_migration.c, qemuMigrationDstFinishFresh).
 */
export type Reached = 'before-finish' | 'post-copy' | 'finishing' | 'finished';

/** Where the VM is, and what must be done so that exactly one copy is left. */
export type Outcome =
  /**
   * Not moved. `endDestination`: an incoming copy waits there and has never run. `resume`: it is paused here by the
   * migration, and runs on once nothing is left there.
   */
  | {
      readonly at: 'source';
      readonly resume: boolean;
      readonly endDestination: boolean;
      readonly finding: string;
    }
  /** Everything has arrived and nobody has started it: the destination may be told to. */
  | { readonly at: 'ready'; readonly finding: string }
  | { readonly at: 'destination'; readonly removeSource: boolean; readonly finding: string }
  /** Still moving by itself; ask again soon. */
  | { readonly at: 'moving'; readonly finding: string }
  /** Stopped in post-copy, and both ends still hold their part: they can be brought together again. */
  | { readonly at: 'split'; readonly finding: string }
  /** Only a silent host knows, or only a person can decide; nothing is touched. */
  | {
      readonly at: 'undecided';
      readonly waitFor: 'source' | 'destination' | 'both' | 'person';
      readonly finding: string;
    }
  | { readonly at: 'nowhere'; readonly finding: string };

export interface OutcomeInput {
  readonly vmName: string;
  readonly sourceName: string;
  readonly destinationName: string;
  readonly source: HostWord;
  readonly destination: HostWord;
  readonly reached: Reached;
  /** The connection that the incoming copy hangs on is still open, and the VM is still wanted there. */
  readonly mayFinish: boolean;
  /** This very run holds the source's job and is not sending: what it shows as a job moves nothing. */
  readonly senderIdle: boolean;
  /** The journal says that the source was about to be switched to post-copy, so memory may lie on both. */
  readonly postCopyAsked: boolean;
  /** Whether the disks were written since the guest stopped at the source. */
  readonly disks: 'untouched' | 'touched' | 'unknown';
}

/**
 * The one decision on how a migration ended, for live faults and for recovery alike. Invariant: the source's copy is
 * resumed only where the destination's is known not to run and, as far as can be known, has never run: its host said
 * so, its host was declared dead, or it was never told to start. Source for the states: real-machines notes on lost
 * connections; libvirt 9.0 src/qemu/qemu_migration.c and qemu_process.c (qemuProcessRecoverMigration).
 */
export function decideOutcome(input: OutcomeInput): Outcome {
  const { source, destination } = input;
  if (runs(source) && runs(destination)) return twice(input);
  if (destination.kind === 'present' && runs(destination)) return destinationRuns(input, destination);
  if (destination.kind === 'present' && isAtHome(input, destination))
    return destinationHolds(input, destination);
  if (isBeingStarted(input)) {
    const hasHalf = input.postCopyAsked && gone(source) && !migratedAway(source);
    return hasHalf ? lostInPostCopy(input, [input.sourceName]) : beingStarted(input);
  }
  if (source.kind === 'present' && runs(source)) return sourceRuns(input, source);
  if (bothPartsGone(input)) return lostInPostCopy(input, [input.sourceName, input.destinationName]);
  if (inPostCopy(source) || inPostCopy(destination)) return stoppedInPostCopy(input);
  if (source.kind === 'silent') return sourceSilent(input, source.declaredDead);
  if (source.kind === 'present' && source.state === 'paused') return sourcePaused(input, source);
  return sourceStopped(input);
}

export function runs(word: HostWord): boolean {
  return word.kind === 'present' && word.state === 'active';
}

export function inPostCopy(word: HostWord): boolean {
  return word.kind === 'present' && (word.reason === 'post-copy' || word.reason === 'post-copy-failed');
}

/** QEMU waits there for a migration to arrive; the guest has not run in it. */
export function waits(word: HostWord): boolean {
  return (
    word.kind === 'present' &&
    word.state === 'paused' &&
    (word.reason === 'migration' || (word.reason === 'starting-up' && word.job === 'incoming'))
  );
}

function waitsWithJob(word: HostWord): boolean {
  return waits(word) && word.kind === 'present' && word.job === 'incoming';
}

/** It does not answer, and nobody has said that it never will. */
export function mayKnow(word: HostWord): boolean {
  return word.kind === 'silent' && !word.declaredDead;
}

/** Nothing of a running or paused guest is there, now or ever again. */
export function gone(word: HostWord): boolean {
  if (word.kind === 'absent') return true;
  if (word.kind === 'silent') return word.declaredDead;
  return word.state === 'inactive' || word.state === 'suspended';
}

function neverTold(reached: Reached): boolean {
  return reached === 'before-finish' || reached === 'post-copy';
}

/** Finish is under way there, whatever became of the one who asked for it. */
function isBeingStarted({ destination, reached }: OutcomeInput): boolean {
  return (
    destination.kind === 'present' &&
    destination.job === 'incoming' &&
    !inPostCopy(destination) &&
    !neverTold(reached)
  );
}

function beingStarted({ vmName, destinationName }: OutcomeInput): Outcome {
  return { at: 'moving', finding: `${destinationName} was told to start ${vmName} and has not done so yet.` };
}

function twice({ vmName, sourceName, destinationName }: OutcomeInput): Outcome {
  return {
    at: 'undecided',
    waitFor: 'person',
    finding: `${vmName} runs on ${sourceName} and on ${destinationName}, which Drover has not done and does not touch. Stop one of the two at once, by hand: they write to the same disks.`,
  };
}

function destinationRuns(input: OutcomeInput, destination: PresentWord): Outcome {
  const { vmName, sourceName, destinationName, source } = input;
  if (inPostCopy(destination) && !migratedAway(source)) {
    if (gone(source)) return lostInPostCopy(input, [sourceName]);
    if (mayKnow(source)) {
      return {
        at: 'undecided',
        waitFor: 'source',
        finding: `${vmName} was switched to post-copy and part of its memory is still on ${sourceName}, which does not answer. It stands still on ${destinationName} until both are back.`,
      };
    }
    if (destination.reason === 'post-copy-failed' || postCopyFailed(source)) return split(input);
    return {
      at: 'moving',
      finding: `${vmName} runs on ${destinationName} and still fetches memory from ${sourceName}.`,
    };
  }
  return {
    at: 'destination',
    removeSource: source.kind !== 'absent' && !(source.kind === 'silent' && source.declaredDead),
    finding: `${vmName} runs on ${destinationName}.`,
  };
}

function postCopyFailed(word: HostWord): boolean {
  return word.kind === 'present' && word.reason === 'post-copy-failed';
}

/** libvirt ends the source's copy with this reason once everything has left it. */
function migratedAway(word: HostWord): boolean {
  return word.kind === 'present' && word.state === 'inactive' && word.reason === 'migrated';
}

/** It was switched, and both hosts are back without their part: what the source still has is a definition. */
function bothPartsGone({ source, destination, postCopyAsked, reached }: OutcomeInput): boolean {
  return (
    postCopyAsked && reached !== 'finished' && gone(source) && gone(destination) && !migratedAway(source)
  );
}

/** The guest has run there and stands still for a reason of its own, or has ended there. */
function isAtHome({ reached }: OutcomeInput, word: PresentWord): boolean {
  if (word.job === 'incoming' || inPostCopy(word)) return false;
  if (reached === 'finished') return true;
  return word.state === 'paused' && !waits(word);
}

function destinationHolds(input: OutcomeInput, destination: PresentWord): Outcome {
  const { vmName, sourceName, destinationName, source } = input;
  if (runs(source)) {
    return {
      at: 'undecided',
      waitFor: 'person',
      finding: `${vmName} runs on ${sourceName} although it had moved to ${destinationName}, where it is ${destination.state}. Drover touches neither; keep one of them by hand.`,
    };
  }
  return {
    at: 'destination',
    removeSource: source.kind !== 'absent' && !(source.kind === 'silent' && source.declaredDead),
    finding: `${vmName} moved to ${destinationName} and is ${destination.state} there (${destination.reason}).`,
  };
}

/** Its memory lies on both hosts: only the two together can save it. */
function stoppedInPostCopy(input: OutcomeInput): Outcome {
  const { vmName, sourceName, destinationName, source, destination, reached, mayFinish } = input;
  if (waitsWithJob(destination) && neverTold(reached) && mayFinish) {
    return { at: 'ready', finding: `${vmName} was switched to post-copy; ${destinationName} may start it.` };
  }
  if (mayKnow(source) || mayKnow(destination)) {
    const silent = mayKnow(source) ? sourceName : destinationName;
    return {
      at: 'undecided',
      waitFor: mayKnow(source) ? 'source' : 'destination',
      finding: `${vmName} was switched to post-copy, its memory lies on both hosts, and ${silent} does not answer. It can be saved only when both are back.`,
    };
  }
  const lost = [...(gone(source) ? [sourceName] : []), ...(gone(destination) ? [destinationName] : [])];
  if (lost.length > 0) return lostInPostCopy(input, lost);
  if (!waits(destination) && (postCopyFailed(source) || postCopyFailed(destination))) return split(input);
  return {
    at: 'moving',
    finding: `${vmName} is in post-copy between ${sourceName} and ${destinationName}.`,
  };
}

function split({ vmName, sourceName, destinationName }: OutcomeInput): Outcome {
  return {
    at: 'split',
    finding: `${vmName} stopped in post-copy: its memory lies on ${sourceName} and ${destinationName}, and the two do not exchange it just now.`,
  };
}

function lostInPostCopy(input: OutcomeInput, hosts: readonly string[]): Outcome {
  const { vmName, destinationName, destination } = input;
  const left = gone(destination)
    ? 'Start'
    : `What is left of it on ${destinationName} stands still: force it off there, then start`;
  return {
    at: 'nowhere',
    finding: `${vmName} is lost: in post-copy its memory lay on both hosts, and ${hosts.join(' and ')} no longer ${hosts.length > 1 ? 'have' : 'has'} its part. ${left} it anew from its disks.`,
  };
}

function sourceRuns(input: OutcomeInput, source: PresentWord): Outcome {
  const { vmName, sourceName, destinationName, destination, reached, senderIdle } = input;
  if (source.job === 'outgoing' && !senderIdle) {
    return { at: 'moving', finding: `${vmName} runs on ${sourceName} and its migration is still under way.` };
  }
  if (mayKnow(destination) && !neverTold(reached)) {
    return {
      at: 'undecided',
      waitFor: 'destination',
      finding: `${vmName} runs on ${sourceName}, but ${destinationName} may have started it too and does not answer.`,
    };
  }
  return {
    at: 'source',
    resume: false,
    endDestination: waits(destination),
    finding: `${vmName} runs on ${sourceName}; it was not moved.`,
  };
}

function sourceSilent(input: OutcomeInput, declaredDead: boolean): Outcome {
  const { vmName, sourceName, destinationName, destination } = input;
  if (!declaredDead) {
    return {
      at: 'undecided',
      waitFor: destination.kind === 'silent' ? 'both' : 'source',
      finding:
        destination.kind === 'silent'
          ? `Neither ${sourceName} nor ${destinationName} answers, so it is not known where ${vmName} is.`
          : `${vmName} does not run on ${destinationName}; ${sourceName}, where it was, does not answer.`,
    };
  }
  if (mayKnow(destination)) {
    return {
      at: 'undecided',
      waitFor: 'destination',
      finding: `${sourceName} was declared dead and ${destinationName} does not answer, so it is not known whether ${vmName} runs there.`,
    };
  }
  return {
    at: 'nowhere',
    finding: `${vmName} was on ${sourceName}, which was declared dead; it does not run on ${destinationName}. Start it anew from its disks.`,
  };
}

/** Everything may have been sent, so the destination has to be ruled out before it may run on. */
function sourcePaused(input: OutcomeInput, source: PresentWord): Outcome {
  const { vmName, sourceName, destinationName, destination, reached, mayFinish, senderIdle } = input;
  if (source.job === 'outgoing' && !senderIdle) {
    return { at: 'moving', finding: `${vmName} is stopped on ${sourceName} while the rest is copied.` };
  }
  if (source.reason !== 'migration') {
    return {
      at: 'source',
      resume: false,
      endDestination: waits(destination) && neverTold(reached),
      finding: `${vmName} is paused on ${sourceName} (${source.reason}); it was not moved.`,
    };
  }
  if (waits(destination) && neverTold(reached) && mayFinish) {
    return { at: 'ready', finding: `All of ${vmName} has arrived on ${destinationName}.` };
  }
  if (mayKnow(destination) && !neverTold(reached)) {
    return {
      at: 'undecided',
      waitFor: 'destination',
      finding: `${vmName} stays paused on ${sourceName}: ${destinationName} may have started it and does not answer. This resolves itself when ${destinationName} answers or is declared dead.`,
    };
  }
  const hasRunThere = reached === 'finished' || (reached === 'finishing' && input.disks === 'touched');
  if (hasRunThere) {
    return {
      at: 'nowhere',
      finding: `${vmName} had moved to ${destinationName} and is no longer there; what is left on ${sourceName} is older than its disks and is not resumed. Start it anew from its disks.`,
    };
  }
  return backToSource(input);
}

function backToSource({ vmName, sourceName, destinationName, destination }: OutcomeInput): Outcome {
  return {
    at: 'source',
    resume: true,
    endDestination: waits(destination),
    finding: `${vmName} is on ${sourceName}; it has not run on ${destinationName}.`,
  };
}

function sourceStopped(input: OutcomeInput): Outcome {
  const { vmName, sourceName, destinationName, source, destination, reached } = input;
  if (mayKnow(destination)) {
    return {
      at: 'undecided',
      waitFor: 'destination',
      finding: `${vmName} does not run on ${sourceName}, and ${destinationName} does not answer.`,
    };
  }
  const isDefinedThere = destination.kind === 'present' && gone(destination);
  if (isDefinedThere && (source.kind === 'absent' || migratedAway(source))) {
    return {
      at: 'destination',
      removeSource: source.kind !== 'absent',
      finding: `${vmName} is on ${destinationName} and does not run; it has stopped since it moved.`,
    };
  }
  if (source.kind === 'present' && !migratedAway(source) && reached !== 'finished') {
    return {
      at: 'source',
      resume: false,
      endDestination: waits(destination),
      finding: `${vmName} is on ${sourceName} and does not run; it stopped while it was being moved.`,
    };
  }
  return {
    at: 'nowhere',
    finding: `${vmName} runs neither on ${sourceName} nor on ${destinationName}. Start it anew from its disks.`,
  };
}
