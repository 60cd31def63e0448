import { describe, expect, it } from 'vitest';
import { CaughtUp } from './caughtUp.ts';

describe('whether a world has answered all that it could', () => {
  it('is asked twice, and together by all who come while an earlier question is under way', async () => {
    let pings = 0;
    let answer: () => void = () => undefined;
    const world = new CaughtUp(() => {
      pings += 1;
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const someTurns = async () => {
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
    };
    const answerOne = async () => {
      await someTurns();
      answer();
      await someTurns();
    };
    const known: string[] = [];
    void world.wait().then(() => known.push('first'));
    await answerOne();
    void world.wait().then(() => known.push('second'));
    void world.wait().then(() => known.push('third'));
    expect([pings, known]).toEqual([2, []]);
    await answerOne();
    expect(known).toEqual(['first']);
    await answerOne();
    await answerOne();
    expect([pings, known]).toEqual([4, ['first', 'second', 'third']]);
  });
});
