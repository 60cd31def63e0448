import type { ContractRouterClient } from '@orpc/contract';
import type { ErrorData } from '#shared/contract/errors.ts';
import type { WorldContract } from '#shared/contract/worldContract.ts';
import type { Clock } from '../../clock/clock.ts';
import type { Unsubscribe } from '../drivers.ts';
import type { Questions } from './questions.ts';

export type WorldClient = ContractRouterClient<WorldContract>;

/** One connection to a world, which serves all its hosts. */
export interface WorldConnection {
  readonly client: WorldClient;
  readonly questions: Questions;
  /** Resolves once its process has answered all that it could just now; never where it has ended meanwhile. */
  caughtUp(): Promise<void>;
  /** Calls back when it has ended, at once where it has ended already. */
  onClose(listener: (reason: Error) => void): Unsubscribe;
}

/** How this console stands with a world. `lost`: its process has ended or hangs. */
export type WorldState =
  | { readonly standing: 'starting' }
  | { readonly standing: 'running'; readonly connection: WorldConnection }
  | {
      readonly standing: 'lost';
      readonly error: ErrorData;
      /** Wall clock; when it is looked for again. */
      readonly retryAt: number;
    };

/** What the drivers of a world's hosts need of it. */
export interface WorldAccess {
  readonly clock: Clock;
  /** The machine's own: what a process that ended is waited for by. */
  readonly wall: Clock;
  state(): WorldState;
  subscribe(listener: (state: WorldState) => void): Unsubscribe;
  /** Tries again now. */
  retryNow(): void;
}
