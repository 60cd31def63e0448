import { implement, ORPCError, ValidationError } from '@orpc/server';
import { DroverError, type ErrorData, toErrorData } from '#shared/contract/errors.ts';
import { type WorldRoster, worldContract } from '#shared/contract/worldContract.ts';
import type { Simulation } from '../simulation.ts';

/** One console's connection to the world's process. */
export interface Console {
  readonly id: string;
  /** It has said which version it speaks, and it is ours. */
  greeted: boolean;
  isGone: boolean;
  /** Which guests of each host it was told of last. */
  readonly rosters: Map<string, KnownRoster>;
}

export interface KnownRoster {
  readonly number: number;
  readonly guests: WorldRoster;
}

export interface Surroundings {
  readonly console: Console;
  readonly simulation: Simulation;
  readonly about: About;
  readonly consoles: () => number;
  readonly end: (forget: boolean) => void;
}

/** What `hello` answers with, but for the hosts. */
export interface About {
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  readonly scenario: string;
  readonly title: string;
  readonly story: string;
  readonly seed: number;
}

/** Before anything is asked the world is brought to the present; whatever is thrown leaves as the contract's one error. */
export const api = implement(worldContract)
  .$context<Surroundings>()
  .use(async ({ next, path, context }) => {
    const procedure = path.join('.');
    try {
      if (procedure !== 'hello' && !context.console.greeted) throw notGreeted(procedure);
      context.simulation.clock.advance();
      const answer = await next();
      // What was done may have changed how fast time runs.
      context.simulation.clock.advance();
      return answer;
    } catch (thrown) {
      throw asContractError(thrown, procedure);
    }
  });

function notGreeted(procedure: string): DroverError {
  return new DroverError({
    code: 'world-unusable',
    tried: `Ask a simulated cluster for ${procedure}`,
    cause: 'this console has not said which version it speaks',
    next: 'Call hello first',
  });
}

export function asContractError(thrown: unknown, procedure: string): ORPCError<'DROVER', ErrorData> {
  const data = described(thrown, procedure);
  if (data.code === 'bug') console.error(`${procedure}:`, thrown);
  return new ORPCError('DROVER', { defined: true, status: 500, message: data.message, data });
}

function described(thrown: unknown, procedure: string): ErrorData {
  if (!(thrown instanceof ORPCError) || !(thrown.cause instanceof ValidationError))
    return toErrorData(thrown);
  const places = thrown.cause.issues.map(({ path, message }) => {
    const place = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  return new DroverError({
    code: 'input-unusable',
    tried: `Ask a simulated cluster for ${procedure}`,
    cause: places.join('; '),
    next: 'Correct these fields and ask again',
  }).toData();
}
