import { implement, ORPCError, ValidationError } from '@orpc/server';
import { contract } from '#shared/contract/contract.ts';
import { DroverError, type ErrorData, toErrorData } from '#shared/contract/errors.ts';
import type { Requester } from '#shared/model/task.ts';

/** Who asks: said by the transport, never by the client's own words alone. */
export interface ApiContext {
  readonly requester: Requester;
}

/** Whatever a handler throws leaves as the contract's one coded error; a bug is logged here, once. */
export const api = implement(contract)
  .$context<ApiContext>()
  .use(async ({ next, path }) => {
    try {
      return await next();
    } catch (thrown) {
      throw asContractError(thrown, path.join('.'));
    }
  });

export function asContractError(thrown: unknown, procedure: string): ORPCError<'DROVER', ErrorData> {
  const data = describe(thrown, procedure);
  if (data.code === 'bug') console.error(`${procedure}:`, thrown);
  return new ORPCError('DROVER', { defined: true, status: 500, message: data.message, data });
}

function describe(thrown: unknown, procedure: string): ErrorData {
  if (
    thrown instanceof ORPCError &&
    thrown.cause instanceof ValidationError &&
    thrown.code === 'BAD_REQUEST'
  ) {
    const issues = thrown.cause.issues.map((issue) => {
      const place = (issue.path ?? [])
        .map((part) => String(typeof part === 'object' ? part.key : part))
        .join('.');
      return place === '' ? issue.message : `${place}: ${issue.message}`;
    });
    return new DroverError({
      code: 'input-unusable',
      tried: `Ask Drover for ${procedure}`,
      cause: issues.join('; '),
      next: 'Correct these fields and ask again',
    }).toData();
  }
  return toErrorData(thrown);
}
