import { useCallback, useEffect, useRef, useState } from 'react';
import { toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';

export interface Order<Input, Answer> {
  /** undefined where it failed; the reason is then in `error`. */
  run(input: Input): Promise<Answer | undefined>;
  readonly pending: boolean;
  readonly error: ErrorData | undefined;
  clear(): void;
}

/** One order to the backend: pending at once, its error kept until the next try. */
export function useOrder<Input, Answer>(give: (input: Input) => Promise<Answer>): Order<Input, Answer> {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ErrorData>();
  const latest = useRef(give);
  latest.current = give;
  const run = useCallback(async (input: Input) => {
    setPending(true);
    setError(undefined);
    try {
      return await latest.current(input);
    } catch (thrown) {
      setError(toDroverError(thrown).toData());
      return undefined;
    } finally {
      setPending(false);
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { run, pending, error, clear };
}

export interface Answer<Value> {
  readonly value: Value | undefined;
  readonly error: ErrorData | undefined;
  /** The value, if any, answers an earlier question. */
  readonly pending: boolean;
}

/** Asks whenever `question` changes; an answer to an earlier question is dropped. undefined asks nothing. */
export function useAnswer<Value>(
  question: string | undefined,
  ask: (signal: AbortSignal) => Promise<Value>,
): Answer<Value> {
  const [state, setState] = useState<Answer<Value>>({
    value: undefined,
    error: undefined,
    pending: question !== undefined,
  });
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (question === undefined) {
      setState({ value: undefined, error: undefined, pending: false });
      return;
    }
    const aborter = new AbortController();
    setState((before) => ({ ...before, pending: true }));
    latest
      .current(aborter.signal)
      .then((value) => {
        if (!aborter.signal.aborted) setState({ value, error: undefined, pending: false });
      })
      .catch((thrown: unknown) => {
        if (aborter.signal.aborted) return;
        setState({ value: undefined, error: toDroverError(thrown).toData(), pending: false });
      });
    return () => aborter.abort();
  }, [question]);
  return state;
}
