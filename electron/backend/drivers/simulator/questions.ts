import { DroverError } from '#shared/contract/errors.ts';
import type { WorldAnswer, WorldQuestion } from '#shared/contract/worldContract.ts';
import type { WorldClient } from './worldAccess.ts';

export type AnswerTo<Of extends WorldQuestion['of']> = Extract<WorldAnswer, { readonly of: Of }>;

interface Waiting {
  readonly question: WorldQuestion;
  readonly answered: (answer: WorldAnswer) => void;
  readonly failed: (thrown: unknown) => void;
}

/**
 * Questions to a world's hosts that are put in one turn of the event loop travel in one call: a thousand hosts are
 * asked at once, and each question still has its own answer, error and end.
 */
export class Questions {
  readonly #client: WorldClient;
  #waiting: Waiting[] = [];

  constructor(client: WorldClient) {
    this.#client = client;
  }

  /** @throws what the host answered with, or why the call broke, as the client has it */
  ask<Of extends WorldQuestion['of']>(question: WorldQuestion & { readonly of: Of }): Promise<AnswerTo<Of>> {
    const fits = isTo(question.of);
    return new Promise((resolve, failed) => {
      const answered = (answer: WorldAnswer) => {
        if (fits(answer)) resolve(answer);
        else if (answer.of === 'failure') failed(DroverError.fromData(answer.error));
        else failed(new Error(`a world was asked for ${question.of} and answered with ${answer.of}`));
      };
      this.#waiting.push({ question, answered, failed });
      if (this.#waiting.length === 1) setImmediate(() => void this.#send());
    });
  }

  async #send(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    const unanswered = new Set(asked);
    try {
      const questions = asked.map(({ question }) => question);
      for await (const answers of await this.#client.ask({ questions })) {
        for (const answer of answers) {
          const waiting = asked[answer.to];
          if (waiting === undefined || !unanswered.delete(waiting)) continue;
          waiting.answered(answer);
        }
      }
      for (const { failed } of unanswered) failed(new Error('the world has left a question unanswered'));
    } catch (thrown) {
      for (const { failed } of unanswered) failed(thrown);
    }
  }
}

const isTo =
  <Of extends WorldQuestion['of']>(of: Of) =>
  (answer: WorldAnswer): answer is AnswerTo<Of> =>
    answer.of === of;
