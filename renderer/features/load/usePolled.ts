import { useEffect, useRef, useState } from 'react';
import { toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import { useSession } from '../../transport/hooks.ts';

export interface Polled<Value> {
  /** The last answer to this very question. */
  readonly value: Value | undefined;
  readonly error: ErrorData | undefined;
}

/** Asks at once and then every so often, one question at a time. undefined asks nothing. */
export function usePolled<Value>(
  question: string | undefined,
  everyMs: number,
  ask: (signal: AbortSignal) => Promise<Value>,
): Polled<Value> {
  const { timers } = useSession();
  const [state, setState] = useState<Polled<Value> & { readonly question: string | undefined }>({
    question: undefined,
    value: undefined,
    error: undefined,
  });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (question === undefined) return;
    const aborter = new AbortController();
    let cancel = () => {};
    const turn = () => {
      latest
        .current(aborter.signal)
        .then((value) => {
          if (!aborter.signal.aborted) setState({ question, value, error: undefined });
        })
        .catch((thrown: unknown) => {
          if (aborter.signal.aborted) return;
          const error = toDroverError(thrown).toData();
          setState((before) => ({
            question,
            value: before.question === question ? before.value : undefined,
            error,
          }));
        })
        .finally(() => {
          if (!aborter.signal.aborted) cancel = timers.after(everyMs, turn);
        });
    };
    turn();
    return () => {
      aborter.abort();
      cancel();
    };
  }, [question, everyMs, timers]);
  return state.question === question ? state : { value: undefined, error: undefined };
}
