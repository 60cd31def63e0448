import { describe, expect, it } from 'vitest';
import type { ErrorData } from '#shared/contract/errors.ts';
import { questionOf, wasAnswered, withAnswer } from './credentialQuestions.ts';

const asked = (prompts: string, answered: number): ErrorData => ({
  code: 'answers-needed',
  message: 'Log in to server-b: it asks.',
  details: { prompts, answered },
});

describe('a host that asks in rounds', () => {
  it('keeps the answers it took and adds those to its next questions', () => {
    const first = questionOf(asked('One-time code:', 0));
    if (first === undefined) throw new Error('there is a question');
    const given = withAnswer({ password: 'right' }, first, ['123456']);
    const second = questionOf(asked('Floor:\nRoom:', 1));
    if (second === undefined) throw new Error('there is a question');
    expect(second).toMatchObject({ prompts: ['Floor:', 'Room:'] });
    expect(wasAnswered(given, second)).toBe(false);
    expect(withAnswer(given, second, ['2', '214'])).toEqual({
      password: 'right',
      answers: ['123456', '2', '214'],
    });
  });

  it('replaces answers that were not taken', () => {
    const again = questionOf(asked('One-time code:', 0));
    if (again === undefined) throw new Error('there is a question');
    const given = { answers: ['123456'] };
    expect(wasAnswered(given, again)).toBe(true);
    expect(withAnswer(given, again, ['654321'])).toEqual({ answers: ['654321'] });
  });
});
