import { describe, expect, it } from 'vitest';
import { decideOutcome, type Outcome, type OutcomeInput } from './outcome.ts';
import { absent, dead, present, silent } from './testing/hostWords.ts';

const runs = present('active', 'booted');
const sends = present('active', 'booted', 'outgoing');
const stopped = present('paused', 'migration');
const stoppedSending = present('paused', 'migration', 'outgoing');
const waits = present('paused', 'migration', 'incoming');
const stale = present('inactive', 'unspecified');

type Case = Partial<OutcomeInput> & Pick<OutcomeInput, 'source' | 'destination'>;

function decide(given: Case): Outcome {
  return decideOutcome({
    vmName: 'web-01',
    sourceName: 'server-a',
    destinationName: 'server-b',
    reached: 'before-finish',
    mayFinish: false,
    senderIdle: false,
    postCopyAsked: false,
    disks: 'unknown',
    ...given,
  });
}

describe('how a migration ended', () => {
  it.each<[string, Case, Partial<Outcome>]>([
    // before the destination is told to start it
    ['still under way', { source: sends, destination: waits }, { at: 'moving' }],
    [
      'begun, nothing sent yet, by this run',
      { source: sends, destination: absent, senderIdle: true },
      { at: 'source', resume: false },
    ],
    [
      'broken in pre-copy',
      { source: runs, destination: absent },
      { at: 'source', resume: false, endDestination: false },
    ],
    [
      'broken, the incoming copy left',
      { source: runs, destination: waits },
      { at: 'source', endDestination: true },
    ],
    [
      'broken, a stale definition there',
      { source: runs, destination: stale },
      { at: 'source', endDestination: false },
    ],
    ['broken, destination silent', { source: runs, destination: silent }, { at: 'source', resume: false }],
    ['stopped, still sending the rest', { source: stoppedSending, destination: waits }, { at: 'moving' }],
    [
      'all sent, the answer is here',
      { source: stoppedSending, destination: waits, senderIdle: true, mayFinish: true },
      { at: 'ready' },
    ],
    [
      'all sent, the answer was lost, the copy is held',
      { source: stopped, destination: waits, mayFinish: true },
      { at: 'ready' },
    ],
    [
      'all sent, nobody holds the copy any more',
      { source: stopped, destination: waits },
      { at: 'source', resume: true, endDestination: true },
    ],
    [
      'all sent, never told to start, destination silent',
      { source: stopped, destination: silent },
      { at: 'source', resume: true },
    ],
    [
      'all sent, the copy is gone',
      { source: stopped, destination: absent },
      { at: 'source', resume: true, endDestination: false },
    ],
    [
      'source silent in pre-copy',
      { source: silent, destination: waits },
      { at: 'undecided', waitFor: 'source' },
    ],
    [
      'source silent, the copy held',
      { source: silent, destination: waits, mayFinish: true },
      { at: 'undecided', waitFor: 'source' },
    ],
    ['source declared dead in pre-copy', { source: dead, destination: waits }, { at: 'nowhere' }],
    ['both silent', { source: silent, destination: silent }, { at: 'undecided', waitFor: 'both' }],
    [
      'source dead, destination silent',
      { source: dead, destination: silent },
      { at: 'undecided', waitFor: 'destination' },
    ],
    [
      'paused by the operator meanwhile',
      { source: present('paused', 'user'), destination: absent },
      { at: 'source', resume: false },
    ],
    [
      'stopped by a disk error',
      { source: present('paused', 'io-error'), destination: waits },
      { at: 'source', resume: false, endDestination: true },
    ],
    [
      'shut down meanwhile',
      { source: present('inactive', 'shutdown'), destination: absent },
      { at: 'source', resume: false },
    ],
    ['neither has it', { source: absent, destination: absent }, { at: 'nowhere' }],
    // after it may have been told
    [
      'perhaps started, destination silent',
      { source: stopped, destination: silent, reached: 'finishing' },
      { at: 'undecided', waitFor: 'destination' },
    ],
    [
      'told in post-copy, and its source died with the rest of its memory',
      { source: dead, destination: waits, reached: 'finishing', postCopyAsked: true },
      { at: 'nowhere' },
    ],
    [
      'told in post-copy, its source silent',
      { source: silent, destination: waits, reached: 'finishing', postCopyAsked: true },
      { at: 'moving' },
    ],
    [
      'told after pre-copy, its source dead: it has all that it needs',
      { source: dead, destination: waits, reached: 'finishing' },
      { at: 'moving' },
    ],
    ['told, not done yet', { source: stopped, destination: waits, reached: 'finishing' }, { at: 'moving' }],
    [
      'told, and refused',
      {
        source: stoppedSending,
        destination: absent,
        senderIdle: true,
        reached: 'finishing',
        disks: 'untouched',
      },
      { at: 'source', resume: true },
    ],
    [
      'told, gone, disks untouched',
      { source: stopped, destination: absent, reached: 'finishing', disks: 'untouched' },
      { at: 'source', resume: true },
    ],
    [
      'told, gone, disks written since',
      { source: stopped, destination: absent, reached: 'finishing', disks: 'touched' },
      { at: 'nowhere' },
    ],
    [
      'told, declared dead',
      { source: stopped, destination: dead, reached: 'finishing' },
      { at: 'source', resume: true },
    ],
    [
      'told, declared dead, disks written since',
      { source: stopped, destination: dead, reached: 'finishing', disks: 'touched' },
      { at: 'nowhere' },
    ],
    [
      'runs here, may run there',
      { source: runs, destination: silent, reached: 'finishing' },
      { at: 'undecided', waitFor: 'destination' },
    ],
    [
      'moved, original left',
      { source: stopped, destination: runs, reached: 'finished' },
      { at: 'destination', removeSource: true },
    ],
    [
      'moved, original gone',
      { source: absent, destination: runs, reached: 'finished' },
      { at: 'destination', removeSource: false },
    ],
    [
      'moved, source silent',
      { source: silent, destination: runs, reached: 'finished' },
      { at: 'destination', removeSource: true },
    ],
    [
      'moved, source dead',
      { source: dead, destination: runs, reached: 'finished' },
      { at: 'destination', removeSource: false },
    ],
    [
      'moved, then paused there by somebody',
      { source: stopped, destination: present('paused', 'user'), reached: 'finishing' },
      { at: 'destination', removeSource: true },
    ],
    [
      'moved, then a disk error there',
      { source: stopped, destination: present('paused', 'io-error'), reached: 'finished' },
      { at: 'destination' },
    ],
    [
      'moved, then shut down there',
      { source: absent, destination: present('inactive', 'shutdown'), reached: 'finished' },
      { at: 'destination', removeSource: false },
    ],
    [
      'moved, then its host died',
      { source: stopped, destination: dead, reached: 'finished' },
      { at: 'nowhere' },
    ],
    [
      'moved, its host is back without it',
      { source: stopped, destination: absent, reached: 'finished' },
      { at: 'nowhere' },
    ],
    [
      'moved, its host silent',
      { source: stopped, destination: silent, reached: 'finished' },
      { at: 'undecided', waitFor: 'destination' },
    ],
    [
      'runs on both, by somebody else',
      { source: runs, destination: runs },
      { at: 'undecided', waitFor: 'person' },
    ],
    [
      'moved and paused there, and resumed here by somebody',
      { source: runs, destination: present('paused', 'user'), reached: 'finished' },
      { at: 'undecided', waitFor: 'person' },
    ],
    // post-copy
    [
      'switched, not started yet, the copy held',
      {
        source: present('paused', 'post-copy', 'outgoing'),
        destination: waits,
        reached: 'post-copy',
        mayFinish: true,
      },
      { at: 'ready' },
    ],
    [
      'switched, the copy gone before it started',
      {
        source: present('paused', 'post-copy-failed', 'outgoing'),
        destination: absent,
        reached: 'post-copy',
      },
      { at: 'nowhere' },
    ],
    [
      'in post-copy',
      {
        source: present('paused', 'post-copy', 'outgoing'),
        destination: present('active', 'post-copy', 'incoming'),
        reached: 'finishing',
      },
      { at: 'moving' },
    ],
    [
      'post-copy broken',
      {
        source: present('paused', 'post-copy-failed', 'outgoing'),
        destination: present('active', 'post-copy-failed', 'incoming'),
        reached: 'finishing',
      },
      { at: 'split' },
    ],
    [
      'post-copy broken, paused there',
      {
        source: present('paused', 'post-copy-failed', 'outgoing'),
        destination: present('paused', 'post-copy-failed', 'incoming'),
        reached: 'finishing',
      },
      { at: 'split' },
    ],
    [
      'post-copy, source silent',
      { source: silent, destination: present('active', 'post-copy', 'incoming'), reached: 'finishing' },
      { at: 'undecided', waitFor: 'source' },
    ],
    [
      'post-copy, destination silent',
      { source: present('paused', 'post-copy', 'outgoing'), destination: silent, reached: 'finishing' },
      { at: 'undecided', waitFor: 'destination' },
    ],
    [
      'post-copy, source dead',
      { source: dead, destination: present('active', 'post-copy-failed', 'incoming'), reached: 'finishing' },
      { at: 'nowhere' },
    ],
    [
      'post-copy, source back without it',
      { source: stale, destination: present('active', 'post-copy-failed', 'incoming'), reached: 'finishing' },
      { at: 'nowhere' },
    ],
    [
      'post-copy, destination dead',
      { source: present('paused', 'post-copy-failed', 'outgoing'), destination: dead, reached: 'finishing' },
      { at: 'nowhere' },
    ],
    [
      'post-copy done, unattended',
      { source: present('inactive', 'migrated'), destination: runs, reached: 'finishing' },
      { at: 'destination', removeSource: true },
    ],
    [
      'post-copy done, the destination has not noticed',
      {
        source: present('inactive', 'migrated'),
        destination: present('active', 'post-copy', 'incoming'),
        reached: 'finishing',
      },
      { at: 'destination' },
    ],
    [
      'the switch was refused, the rest went as usual',
      { source: stopped, destination: silent, reached: 'post-copy' },
      { at: 'source', resume: true },
    ],
  ])('%s', (_name, given, expected) => {
    expect(decide(given)).toMatchObject(expected);
  });
});
