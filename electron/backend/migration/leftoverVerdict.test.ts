import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VmState, VmStateReason } from '#shared/model/vm.ts';
import { decideLeftover } from './leftoverVerdict.ts';
import type { HostWord, PresentWord } from './outcome.ts';
import { absent, dead, present, silent } from './testing/hostWords.ts';

const waits = present('paused', 'migration', 'incoming');
const runs = present('active', 'booted');
const sends = present('active', 'booted', 'outgoing');
const stopped = present('paused', 'migration', 'outgoing');
const shutOff = present('inactive', 'shutdown');

function decide(there: HostWord, ...others: readonly HostWord[]) {
  return decideLeftover({ vmName: 'web-01', hostName: 'server-b', there, others });
}

describe('what a migration that was taken back may have left at its destination', () => {
  it.each<[string, HostWord, readonly HostWord[], string]>([
    ['its host is silent', silent, [runs], 'to-be-asked-again'],
    ['its host was declared dead', dead, [runs], 'gone'],
    ['nothing is there', absent, [runs], 'gone'],
    ['only a definition is there', shutOff, [runs], 'gone'],
    ['a copy waits and the VM runs elsewhere', waits, [runs, silent], 'waiting'],
    ['a copy waits and the VM was shut down elsewhere', waits, [shutOff, absent], 'waiting'],
    ['a copy waits and its source is dead', waits, [dead], 'waiting'],
    ['a copy waits and somebody sends to it', waits, [sends], 'to-be-asked-again'],
    ['a copy waits and all was sent to it', waits, [stopped], 'to-be-asked-again'],
    ['a copy waits and a host that may send is silent', waits, [absent, silent], 'to-be-asked-again'],
    ['it runs there', present('active', 'migrated'), [absent], 'something-else'],
    ['it is in post-copy there', present('paused', 'post-copy'), [runs], 'something-else'],
    ['a person paused it there', present('paused', 'user'), [absent], 'something-else'],
  ])('%s', (_what, there, others, is) => {
    expect(decide(there, ...others)).toMatchObject({ is });
  });

  it('is never ended where it runs, has run, or may be sent to', () => {
    const words = fc.oneof(
      fc.constantFrom(silent, dead, absent),
      fc
        .tuple(
          fc.constantFrom<VmState>('active', 'paused', 'inactive', 'suspended', 'unknown'),
          fc.constantFrom<VmStateReason>(
            'booted',
            'migrated',
            'migration',
            'user',
            'post-copy',
            'starting-up',
          ),
          fc.constantFrom<PresentWord['job']>('none', 'outgoing', 'incoming'),
        )
        .map(([state, reason, job]) => present(state, reason, job)),
    );
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 3 }), (there, others) => {
        if (decide(there, ...others).is !== 'waiting') return;
        expect(there).toMatchObject({ state: 'paused' });
        expect(there).not.toMatchObject({ reason: 'post-copy' });
        const quiet = others.some(
          (word) =>
            word.kind === 'present' &&
            word.state === 'active' &&
            word.job !== 'outgoing' &&
            word.reason !== 'post-copy',
        );
        if (quiet) return;
        for (const word of others) {
          expect(word).not.toEqual(silent);
          expect(word).not.toMatchObject({ state: 'paused' });
          expect(word).not.toMatchObject({ job: 'outgoing', state: 'active' });
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
