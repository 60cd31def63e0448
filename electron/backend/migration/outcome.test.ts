import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import { decideOutcome, type HostWord, type Outcome, type Reached } from './outcome.ts';

const silent: HostWord = { kind: 'silent', declaredDead: false };
const dead: HostWord = { kind: 'silent', declaredDead: true };
const absent: HostWord = { kind: 'absent' };
const present = (state: VmState, reason: VmStateReason, job = false): HostWord => ({
  kind: 'present',
  state,
  reason,
  job,
});
const runs = present('active', 'booted');
const pausedByMigration = present('paused', 'migration');
const incoming = present('paused', 'migration');

function decide(source: HostWord, destination: HostWord, reached: Reached): Outcome {
  return decideOutcome({
    vmName: 'web-01',
    sourceName: 'server-a',
    destinationName: 'server-b',
    source,
    destination,
    reached,
  });
}

describe('how a migration ended', () => {
  it.each<[string, HostWord, HostWord, Reached, Partial<Outcome>]>([
    ['still under way', present('active', 'booted', true), incoming, 'before-finish', { at: 'moving' }],
    ['broken in pre-copy', runs, absent, 'before-finish', { at: 'source', resume: false }],
    [
      'broken, the incoming copy left',
      runs,
      incoming,
      'before-finish',
      { at: 'source', endDestination: true },
    ],
    [
      'stopped, never told to start',
      pausedByMigration,
      silent,
      'before-finish',
      { at: 'source', resume: true },
    ],
    [
      'stopped, perhaps started',
      pausedByMigration,
      silent,
      'finishing',
      { at: 'undecided', waitFor: 'destination' },
    ],
    [
      'stopped, destination declared dead',
      pausedByMigration,
      dead,
      'finishing',
      { at: 'source', resume: true },
    ],
    ['stopped, destination says no', pausedByMigration, absent, 'finishing', { at: 'source', resume: true }],
    ['moved, original left', pausedByMigration, runs, 'finished', { at: 'destination', removeSource: true }],
    ['moved, original gone', absent, runs, 'finished', { at: 'destination', removeSource: false }],
    ['moved, source silent', silent, runs, 'finished', { at: 'destination', removeSource: true }],
    ['moved, source dead', dead, runs, 'finished', { at: 'destination', removeSource: false }],
    ['moved, and then its host died', pausedByMigration, dead, 'finished', { at: 'nowhere' }],
    ['both silent', silent, silent, 'before-finish', { at: 'undecided', waitFor: 'both' }],
    ['source dead in pre-copy', dead, incoming, 'before-finish', { at: 'nowhere' }],
    ['source silent in pre-copy', silent, incoming, 'before-finish', { at: 'undecided', waitFor: 'source' }],
    [
      'post-copy, source silent',
      silent,
      present('paused', 'post-copy-failed'),
      'post-copy',
      { at: 'undecided' },
    ],
    ['post-copy, source dead', dead, present('paused', 'post-copy-failed'), 'post-copy', { at: 'nowhere' }],
    [
      'the operator paused it meanwhile',
      present('paused', 'user'),
      absent,
      'before-finish',
      { at: 'source', resume: false },
    ],
    [
      'the guest shut down meanwhile',
      present('inactive', 'shutdown'),
      absent,
      'before-finish',
      { at: 'source', resume: false },
    ],
    ['neither has it', absent, absent, 'before-finish', { at: 'nowhere' }],
  ])('%s', (_name, source, destination, reached, expected) => {
    expect(decide(source, destination, reached)).toMatchObject(expected);
  });

  const states = fc.constantFrom<VmState>('active', 'paused', 'inactive', 'suspended');
  const reasons = fc.constantFrom<VmStateReason>(
    'booted',
    'migration',
    'user',
    'post-copy',
    'post-copy-failed',
    'starting-up',
    'shutdown',
  );
  const words = fc.oneof(
    fc.constantFrom(silent, dead, absent),
    fc.tuple(states, reasons, fc.boolean()).map(([state, reason, job]) => present(state, reason, job)),
  );
  const reached = fc.constantFrom<Reached>('before-finish', 'post-copy', 'finishing', 'finished');

  it('never lets the source run on while the destination may run', () => {
    fc.assert(
      fc.property(words, words, reached, (source, destination, how) => {
        const outcome = decide(source, destination, how);
        if (outcome.at !== 'source' || !outcome.resume) return;
        const mayRun =
          (destination.kind === 'present' && destination.state === 'active') ||
          (destination.kind === 'silent' && !destination.declaredDead && how !== 'before-finish');
        expect(mayRun).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('never removes the original while the destination does not run', () => {
    fc.assert(
      fc.property(words, words, reached, (source, destination, how) => {
        const outcome = decide(source, destination, how);
        if (outcome.at !== 'destination') return;
        expect(destination).toMatchObject({ kind: 'present', state: 'active' });
      }),
      { numRuns: 5000 },
    );
  });

  it('never ends a running copy at the destination', () => {
    fc.assert(
      fc.property(words, words, reached, (source, destination, how) => {
        const outcome = decide(source, destination, how);
        if (outcome.at !== 'source' || !outcome.endDestination) return;
        expect(destination).not.toMatchObject({ state: 'active' });
      }),
      { numRuns: 5000 },
    );
  });

  it('always ends in a sentence that names the VM', () => {
    fc.assert(
      fc.property(words, words, reached, (source, destination, how) => {
        const { finding } = decide(source, destination, how);
        expect(finding).toMatch(/web-01.*\.$/);
      }),
    );
  });
});
