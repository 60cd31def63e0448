import type { ContractRouterClient } from '@orpc/contract';
import type {
  WorldAnswer,
  WorldContract,
  WorldDomain,
  WorldQuestion,
} from '#shared/contract/worldContract.ts';

type WorldClient = ContractRouterClient<WorldContract>;

/** One question in a call of its own; a refusal is thrown with its `data`, as of any other procedure. */
async function askOne(client: WorldClient, question: WorldQuestion): Promise<WorldAnswer> {
  for await (const answers of await client.ask({ questions: [question] })) {
    for (const answer of answers) {
      if (answer.of === 'failure')
        throw Object.assign(new Error(answer.error.message), { data: answer.error });
      return answer;
    }
  }
  throw new Error(`the question for ${question.of} was left unanswered`);
}

export async function openSession(client: WorldClient, host: string): Promise<string> {
  const answer = await askOne(client, { of: 'session', host });
  if (answer.of !== 'session') throw new Error(`answered with ${answer.of}`);
  return answer.session;
}

export async function listDomains(client: WorldClient, session: string): Promise<readonly WorldDomain[]> {
  const answer = await askOne(client, { of: 'domains', session });
  if (answer.of !== 'domains') throw new Error(`answered with ${answer.of}`);
  return answer.domains;
}
