import { useEffect, useRef, useState } from 'react';
import { toDroverError } from '#shared/contract/client.ts';
import type { ErrorData } from '#shared/contract/errors.ts';
import {
  type CredentialQuestion,
  type GivenCredentials,
  questionOf,
  wasAnswered,
  withAnswer,
} from './credentialQuestions.ts';

export interface Connecting {
  readonly pending: boolean;
  readonly error: ErrorData | undefined;
  readonly question: CredentialQuestion | undefined;
  readonly again: boolean;
  readonly texts: readonly string[];
  setTexts(texts: readonly string[]): void;
  /** Tries with everything given so far, the answer to the open question included. */
  go(): void;
  /** The place to connect to was changed: what was given belongs to the one before. */
  forget(): void;
}

/**
 * Connecting by refusals: try, be asked, answer, try again. Every answer given stays given for the next try. Leaving
 * the dialog withdraws the try that runs. `before` is a refusal that is known already.
 */
export function useConnecting(
  connect: (given: GivenCredentials, signal: AbortSignal) => Promise<void>,
  before?: ErrorData,
): Connecting {
  const [given, setGiven] = useState<GivenCredentials>({});
  const [state, setState] = useState<{ readonly pending: boolean; readonly error?: ErrorData }>({
    pending: false,
    ...(before === undefined ? {} : { error: before }),
  });
  const [texts, setTexts] = useState<readonly string[]>([]);
  const aborter = useRef<AbortController>(undefined);
  useEffect(() => () => aborter.current?.abort(), []);

  const { error } = state;
  const question = error === undefined ? undefined : questionOf(error);
  const attempt = async (): Promise<void> => {
    const now = question === undefined ? given : withAnswer(given, question, texts);
    const own = new AbortController();
    aborter.current?.abort();
    aborter.current = own;
    setGiven(now);
    // The question stays on screen while its answer is tried, so that nothing jumps.
    setState((before) => ({ ...before, pending: true }));
    try {
      await connect(now, own.signal);
    } catch (thrown) {
      if (own.signal.aborted) return;
      setTexts([]);
      setState({ pending: false, error: toDroverError(thrown).toData() });
    }
  };
  return {
    pending: state.pending,
    error,
    question,
    again: question !== undefined && wasAnswered(given, question),
    texts,
    setTexts,
    go: () => void attempt(),
    forget: () => {
      aborter.current?.abort();
      setGiven({});
      setTexts([]);
      setState({ pending: false });
    },
  };
}

/** The words on the button that goes on. */
export function connectVerb(question: CredentialQuestion | undefined, usual: string): string {
  if (question === undefined) return usual;
  return question.kind === 'fingerprint' ? 'Trust this key and connect' : 'Connect';
}
