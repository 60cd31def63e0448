import { gone, type HostWord, inPostCopy, mayKnow, runs, waits } from './outcome.ts';

export type LeftoverVerdict =
  /** A host that has to be asked is silent, or the VM may be on its way there after all. */
  | { readonly is: 'to-be-asked-again'; readonly finding: string }
  | { readonly is: 'waiting' }
  | { readonly is: 'gone'; readonly finding: string }
  /** What is there is no incoming copy that has never run: nobody's to end but a person's. */
  | { readonly is: 'something-else'; readonly finding: string };

/**
 * Whether what a migration that was taken back may have left at its destination is to be ended. Invariant: only a copy
 * that waits for its memory, and that no other host can be sending to, is ended; it has never run and cannot begin to.
 */
export function decideLeftover(input: {
  readonly vmName: string;
  readonly hostName: string;
  readonly there: HostWord;
  /** Every other host of the cluster. */
  readonly others: readonly HostWord[];
}): LeftoverVerdict {
  const { vmName, hostName, there, others } = input;
  if (mayKnow(there)) {
    return {
      is: 'to-be-asked-again',
      finding: `${hostName} does not answer. A copy of ${vmName} that has never run may wait there; Drover ends it when ${hostName} answers.`,
    };
  }
  if (there.kind === 'silent') {
    return { is: 'gone', finding: `${hostName} was declared dead, and with it what may have waited there.` };
  }
  if (gone(there)) return { is: 'gone', finding: `No copy of ${vmName} waits on ${hostName}.` };
  if (there.kind === 'present' && !waits(there)) {
    return {
      is: 'something-else',
      finding: `${vmName} is ${there.state} on ${hostName} (${there.reason}), which is not what was left there; Drover has not touched it.`,
    };
  }
  // Where it runs and nothing is sent from, it is on its way nowhere.
  if (!others.some(runsQuietly) && others.some(maySend)) {
    return {
      is: 'to-be-asked-again',
      finding: `A copy of ${vmName} waits on ${hostName}, and another host may still be sending to it. Drover ends it once that is known not to be so.`,
    };
  }
  return { is: 'waiting' };
}

function runsQuietly(word: HostWord): boolean {
  return word.kind === 'present' && runs(word) && word.job !== 'outgoing' && !inPostCopy(word);
}

function maySend(word: HostWord): boolean {
  return mayKnow(word) || (word.kind === 'present' && (word.job === 'outgoing' || !gone(word)));
}
