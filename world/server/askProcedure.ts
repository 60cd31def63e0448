import type { WorldAnswer, WorldQuestion } from '#shared/contract/worldContract.ts';
import { describe, domainCounters } from '../domains/describe.ts';
import { capacityOf, hostCountersOf } from '../hosts/telling.ts';
import { api, asContractError, type Surroundings } from './api.ts';
import { guestAnswer } from './guestColumns.ts';

/** So many answers go out together at the most: whoever reads them does other things, too. */
const mostTogether = 100;

/** Every question by itself; see the contract. */
export const ask = api.ask.handler(async function* ({ input: { questions }, context, signal }) {
  let waiting: WorldAnswer[] = [];
  let wake: () => void = () => undefined;
  const put = (answer: WorldAnswer) => {
    waiting.push(answer);
    wake();
  };
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  for (const [to, question] of questions.entries()) {
    answerTo(question, context, signal).then(
      (answer) => put({ to, ...answer }),
      (thrown) => put({ to, of: 'failure', error: asContractError(thrown, `ask ${question.of}`).data }),
    );
  }
  try {
    for (let left = questions.length; left > 0 && signal?.aborted !== true; ) {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        // What arrives in the same moment goes along.
        await new Promise((resolve) => void setImmediate(resolve));
      }
      const together = waiting.slice(0, mostTogether);
      waiting = waiting.slice(mostTogether);
      left -= together.length;
      if (together.length > 0) yield together;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
});

type Answer = WorldAnswer extends infer Each ? (Each extends WorldAnswer ? Omit<Each, 'to'> : never) : never;

async function answerTo(
  question: WorldQuestion,
  { simulation, console }: Surroundings,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const { world, sessions } = simulation;
  switch (question.of) {
    case 'session': {
      const session = await sessions.open(question.host, console.id);
      // Whoever asked is gone meanwhile.
      if (signal?.aborted === true || console.isGone) sessions.close(session);
      return { of: question.of, session };
    }
    case 'domains':
      return await sessions.ask(question.session, (host) => ({
        of: question.of,
        domains: Object.values(host.domains).map(describe),
      }));
    case 'capacity':
      return await sessions.ask(question.session, (host) => ({
        of: question.of,
        capacity: capacityOf(world, host),
      }));
    case 'host-counters':
      return await sessions.ask(question.session, (host) => ({
        of: question.of,
        counters: hostCountersOf(world, host, question.depth),
      }));
    case 'guest-counters':
      return await sessions.ask(question.session, (host) => ({
        of: question.of,
        ...guestAnswer(console, host.name, domainCounters(world, host, question.depth), question),
      }));
    default:
      return question satisfies never;
  }
}
