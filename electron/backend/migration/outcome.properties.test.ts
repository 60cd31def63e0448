import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import {
  decideOutcome,
  type HostWord,
  type Outcome,
  type OutcomeInput,
  type PresentWord,
} from './outcome.ts';
import { absent, dead, silent } from './testing/hostWords.ts';

type Case = Omit<OutcomeInput, 'vmName' | 'sourceName' | 'destinationName'>;

function decide(given: Case): Outcome {
  return decideOutcome({
    vmName: 'web-01',
    sourceName: 'server-a',
    destinationName: 'server-b',
    ...given,
  });
}

describe('how a migration ended, whatever the hosts say', () => {
  const states = fc.constantFrom<VmState>('active', 'paused', 'inactive', 'suspended', 'unknown');
  const reasons = fc.constantFrom<VmStateReason>(
    'booted',
    'migrated',
    'migration',
    'user',
    'io-error',
    'post-copy',
    'post-copy-failed',
    'starting-up',
    'shutdown',
    'unspecified',
  );
  const jobs = fc.constantFrom<PresentWord['job']>('none', 'outgoing', 'incoming');
  const words = fc.oneof(
    fc.constantFrom(silent, dead, absent),
    fc
      .tuple(states, reasons, jobs)
      .map(([state, reason, job]): HostWord => ({ kind: 'present', state, reason, job })),
  );
  const cases = fc.record({
    source: words,
    destination: words,
    reached: fc.constantFrom<OutcomeInput['reached']>('before-finish', 'post-copy', 'finishing', 'finished'),
    mayFinish: fc.boolean(),
    senderIdle: fc.boolean(),
    postCopyAsked: fc.boolean(),
    disks: fc.constantFrom<OutcomeInput['disks']>('untouched', 'touched', 'unknown'),
  });
  const told = (given: Case) => given.reached === 'finishing' || given.reached === 'finished';
  const hasOrMayRun = ({ destination, ...given }: Case) =>
    (destination.kind === 'present' &&
      (destination.state === 'active' ||
        (destination.job === 'incoming' && told({ destination, ...given })))) ||
    (destination.kind === 'silent' && !destination.declaredDead && told({ destination, ...given })) ||
    given.reached === 'finished' ||
    (given.reached === 'finishing' && given.disks === 'touched');
  const holds = (check: (given: Case, outcome: Outcome) => void) =>
    fc.assert(
      fc.property(cases, (given) => check(given, decide(given))),
      { numRuns: 20_000 },
    );

  it('never lets the source run on while the destination runs, may run, or is known to have run', () => {
    holds((given, outcome) => {
      if (outcome.at === 'source' && outcome.resume) expect(hasOrMayRun(given)).toBe(false);
    });
  });

  it('never tells the destination to start it unless the source is seen to stand still by the migration', () => {
    holds((given, outcome) => {
      if (outcome.at !== 'ready') return;
      expect(told(given)).toBe(false);
      expect(given.source).not.toMatchObject({ state: 'active' });
      if (given.source.kind === 'present' && given.source.state === 'paused') {
        expect(['migration', 'post-copy', 'post-copy-failed', 'user']).toContain(given.source.reason);
      }
    });
  });

  it('never removes the original unless the destination has the VM, and never one that runs', () => {
    holds((given, outcome) => {
      if (outcome.at !== 'destination') return;
      expect(given.destination.kind).toBe('present');
      expect(given.source).not.toMatchObject({ state: 'active' });
    });
  });

  it('never ends a copy at the destination that has run or may be about to', () => {
    holds((given, outcome) => {
      if (outcome.at !== 'source' || !outcome.endDestination) return;
      expect(given.destination).toMatchObject({ state: 'paused' });
      if (told(given)) expect(given.destination).not.toMatchObject({ job: 'incoming' });
    });
  });

  it('never calls a VM lost while a host that may have it is only silent', () => {
    holds((given, outcome) => {
      if (outcome.at !== 'nowhere') return;
      expect(given.source).not.toEqual(silent);
      expect(given.source).not.toMatchObject({ state: 'active' });
      if (told(given)) expect(given.destination).not.toEqual(silent);
    });
  });

  it('says of a VM that was switched to post-copy, and of which neither host has its part, that it is lost', () => {
    const isGone = (word: HostWord) =>
      word.kind === 'absent' ||
      (word.kind === 'silent' && word.declaredDead) ||
      (word.kind === 'present' && (word.state === 'inactive' || word.state === 'suspended'));
    holds((given, outcome) => {
      const { source, destination, postCopyAsked, reached } = given;
      if (!postCopyAsked || reached === 'finished' || !isGone(source) || !isGone(destination)) return;
      if (source.kind === 'present' && source.reason === 'migrated' && source.state === 'inactive') return;
      // It is being started there after all.
      if (destination.kind === 'present' && destination.job === 'incoming' && told(given)) return;
      expect(outcome).toMatchObject({
        at: 'nowhere',
        finding: expect.stringMatching(/lost: in post-copy.*server-a and server-b no longer have/),
      });
    });
  });

  it('always ends in sentences that name the VM', () => {
    holds((_given, { finding }) => {
      expect(finding).toMatch(/web-01.*\.$/);
    });
  });
});
