import { type ClientLink, createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from './contract.ts';
import { DroverError, errorDataSchema } from './errors.ts';

/** What every client holds, whatever the transport. Calls take `{ signal }`; streams end when it is aborted. */
export type DroverClient = ContractRouterClient<Contract>;

export function clientOver(link: ClientLink<Record<never, never>>): DroverClient {
  return createORPCClient(link);
}

/** What a call threw, as a DroverError. A transport that broke is `backend-stopped`; a cancel is `cancelled`. */
export function toDroverError(thrown: unknown): DroverError {
  if (thrown instanceof DroverError) return thrown;
  if (thrown instanceof ORPCError) {
    const data = errorDataSchema.safeParse(thrown.data);
    if (data.success) return DroverError.fromData(data.data);
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new DroverError({ code: 'cancelled', tried: 'Ask Drover', cause: 'the question was withdrawn' });
  }
  return new DroverError({
    code: 'backend-stopped',
    tried: 'Ask Drover',
    cause: `the connection to its backend broke (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    next: 'It reconnects by itself; try again in a moment',
    source: thrown,
  });
}
