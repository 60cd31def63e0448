import { describe, expect, it } from 'vitest';
import type { WorldAnswer, WorldQuestion } from '#shared/contract/worldContract.ts';
import { Questions } from './questions.ts';
import type { WorldClient } from './worldAccess.ts';

type Ask = (questions: readonly WorldQuestion[]) => AsyncIterable<readonly WorldAnswer[]>;

/** Of a world's client only what is used here. */
function questionsTo(ask: Ask): Questions {
  const client = {
    ask: async ({ questions }: { readonly questions: readonly WorldQuestion[] }) => ask(questions),
  };
  return new Questions(client as unknown as WorldClient);
}

const listOf = (session: string) => ({ of: 'domains', session }) as const;

describe('questions to many hosts', () => {
  it('that are put in one turn travel in one call, and each has its own answer, in whatever order', async () => {
    const calls: number[] = [];
    const questions = questionsTo(async function* (asked) {
      calls.push(asked.length);
      const error = { code: 'host-unreachable', message: 'It does not answer.' } as const;
      yield [{ to: 2, of: 'failure', error }];
      yield asked.slice(0, 2).map((_, to) => ({ to, of: 'session', session: `session-${to}` }) as const);
    });
    const answers = await Promise.allSettled(
      ['a', 'b', 'c'].map(async (host) => (await questions.ask({ of: 'session', host })).session),
    );
    expect(calls).toEqual([3]);
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: 'session-0' },
      { status: 'fulfilled', value: 'session-1' },
      { status: 'rejected', reason: { code: 'host-unreachable' } },
    ]);
  });

  it('that a broken call leaves unanswered fail with it, and so does what is answered with something else', async () => {
    const questions = questionsTo(async function* (asked) {
      if (asked.length === 1) return yield [{ to: 0, of: 'session', session: 'one' }];
      yield [{ to: 0, of: 'domains', domains: [] }];
      throw new Error('the socket was closed');
    });
    const answers = await Promise.allSettled([questions.ask(listOf('one')), questions.ask(listOf('two'))]);
    expect(answers).toMatchObject([
      { status: 'fulfilled', value: { domains: [] } },
      { status: 'rejected', reason: { message: 'the socket was closed' } },
    ]);
    await expect(questions.ask(listOf('one'))).rejects.toThrow(/asked for domains and answered with session/);
  });
});
