import type { VmState, VmStateReason } from '#shared/model/vm.ts';

/** What one host says of the domain, or that it does not. */
export type HostWord =
  | { readonly kind: 'silent'; readonly declaredDead: boolean }
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'present';
      readonly state: VmState;
      readonly reason: VmStateReason;
      /** A migration job is under way there. */
      readonly job: boolean;
    };

/**
 * How far the task got, by its journal. `before-finish`: the destination was never told to start the guest, so it
 * cannot be running there, unless it was switched to post-copy. `finishing`: it may have been told. `finished`: it
 * said that it did.
 */
export type Reached = 'before-finish' | 'post-copy' | 'finishing' | 'finished';

/** Where the VM is, and what must be done so that exactly one copy is left. */
export type Outcome =
  /** Not moved. `resume`: it is paused there by the migration and may run on, the destination having been ruled out. */
  | {
      readonly at: 'source';
      readonly resume: boolean;
      readonly endDestination: boolean;
      readonly finding: string;
    }
  | { readonly at: 'destination'; readonly removeSource: boolean; readonly finding: string }
  /** Still moving by itself; ask again soon. */
  | { readonly at: 'moving'; readonly finding: string }
  /** Only a silent host knows; the other copy stays paused. */
  | {
      readonly at: 'undecided';
      readonly waitFor: 'source' | 'destination' | 'both';
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
}

/**
 * The one decision on how a migration ended, for live faults and for recovery alike. Invariant: a copy is resumed or
 * started only where the other is known not to run: its host said so, its host was declared dead, or it was never
 * told to start. Source for the states: real-machines notes on lost connections, libvirt src/qemu/qemu_migration.c.
 */
export function decideOutcome(input: OutcomeInput): Outcome {
  const { source, destination } = input;
  if (destination.kind === 'present' && destination.state === 'active')
    return atDestination(input, destination.reason);
  if (source.kind === 'present' && source.state === 'active')
    return atSource(input, source.job, source.reason);
  if (destination.kind === 'present' && isPostCopy(destination.reason)) return brokenPostCopy(input);
  if (source.kind === 'present' && isPostCopy(source.reason)) return brokenPostCopy(input);
  if (source.kind === 'silent') return sourceSilent(input, source.declaredDead);
  if (source.kind === 'present' && source.state === 'paused')
    return sourcePaused(input, source.reason, source.job);
  return sourceStopped(input);
}

function isPostCopy(reason: VmStateReason): boolean {
  return reason === 'post-copy' || reason === 'post-copy-failed';
}

function atDestination(input: OutcomeInput, reason: VmStateReason): Outcome {
  const { vmName, sourceName, destinationName, source } = input;
  if (reason === 'post-copy' && source.kind === 'present' && source.job) {
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

function atSource(input: OutcomeInput, job: boolean, reason: VmStateReason): Outcome {
  const { vmName, sourceName, destination } = input;
  if (job && reason !== 'post-copy-failed') {
    return { at: 'moving', finding: `${vmName} runs on ${sourceName} and its migration is still under way.` };
  }
  return {
    at: 'source',
    resume: false,
    endDestination: destination.kind === 'present',
    finding: `${vmName} runs on ${sourceName}; it was not moved.`,
  };
}

/** Its memory lies on both hosts: only the two together can save it. */
function brokenPostCopy(input: OutcomeInput): Outcome {
  const { vmName, sourceName, destinationName, source, destination } = input;
  const dead = [...(gone(source) ? [sourceName] : []), ...(gone(destination) ? [destinationName] : [])];
  if (dead.length > 0) {
    return {
      at: 'nowhere',
      finding: `${vmName} is lost: its memory lay on both hosts in post-copy, and ${dead.join(' and ')} no longer ${dead.length > 1 ? 'have' : 'has'} its part. Start it anew from its disks.`,
    };
  }
  if (source.kind === 'silent' || destination.kind === 'silent') {
    const silent = source.kind === 'silent' ? sourceName : destinationName;
    return {
      at: 'undecided',
      waitFor: source.kind === 'silent' ? (destination.kind === 'silent' ? 'both' : 'source') : 'destination',
      finding: `${vmName} is paused in post-copy with its memory on both hosts, and ${silent} does not answer. It can be saved only when both are back.`,
    };
  }
  if ((source.kind === 'present' && source.job) || (destination.kind === 'present' && destination.job)) {
    return {
      at: 'moving',
      finding: `${vmName} is in post-copy between ${sourceName} and ${destinationName}.`,
    };
  }
  return {
    at: 'nowhere',
    finding: `${vmName} stopped in post-copy with its memory split between ${sourceName} and ${destinationName}, and the two no longer exchange it. Start it anew from its disks.`,
  };
}

function gone(word: HostWord): boolean {
  return (
    word.kind === 'absent' ||
    (word.kind === 'silent' && word.declaredDead) ||
    (word.kind === 'present' && word.state === 'inactive')
  );
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
  if (destination.kind === 'silent' && !destination.declaredDead) {
    return {
      at: 'undecided',
      waitFor: 'destination',
      finding: `${sourceName} is dead and ${destinationName} does not answer, so it is not known whether ${vmName} runs there.`,
    };
  }
  return {
    at: 'nowhere',
    finding: `${vmName} was on ${sourceName}, which is dead; it does not run on ${destinationName}. Start it anew from its disks.`,
  };
}

/** Paused by the migration: everything may have been sent, so the destination has to be ruled out first. */
function sourcePaused(input: OutcomeInput, reason: VmStateReason, job: boolean): Outcome {
  const { vmName, sourceName, destinationName, destination, reached } = input;
  if (job)
    return { at: 'moving', finding: `${vmName} is stopped on ${sourceName} while the rest is copied.` };
  const byMigration = reason === 'migration';
  const neverStarted = reached === 'before-finish';
  if (destination.kind === 'silent' && !destination.declaredDead && !neverStarted) {
    return {
      at: 'undecided',
      waitFor: 'destination',
      finding: `${vmName} stays paused on ${sourceName}: ${destinationName} may have started it and does not answer.`,
    };
  }
  if (reached === 'finished') {
    return {
      at: 'nowhere',
      finding: `${vmName} had moved to ${destinationName} and is no longer there; what is left on ${sourceName} is older than its disks. Start it anew from its disks.`,
    };
  }
  return {
    at: 'source',
    resume: byMigration,
    endDestination: destination.kind === 'present',
    finding: `${vmName} is on ${sourceName}; it does not run on ${destinationName}.`,
  };
}

function sourceStopped(input: OutcomeInput): Outcome {
  const { vmName, sourceName, destinationName, source, destination } = input;
  if (destination.kind === 'silent' && !destination.declaredDead) {
    return {
      at: 'undecided',
      waitFor: 'destination',
      finding: `${vmName} does not run on ${sourceName}, and ${destinationName} does not answer.`,
    };
  }
  if (source.kind === 'present') {
    return {
      at: 'source',
      resume: false,
      endDestination: destination.kind === 'present',
      finding: `${vmName} is on ${sourceName} and does not run; it stopped while it was being moved.`,
    };
  }
  return {
    at: 'nowhere',
    finding: `${vmName} runs neither on ${sourceName} nor on ${destinationName}. Start it anew from its disks.`,
  };
}
