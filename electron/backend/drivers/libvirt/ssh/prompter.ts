import { DroverError } from '#shared/contract/errors.ts';

/** What a login may have to ask a person. `text` is whole by itself; the rest is for a dialog that wants the parts. */
export type SshQuestion = {
  /** As the operator named the host (or the jump host that asks). */
  readonly host: string;
  /** `user@address:port` really being logged in to. */
  readonly address: string;
  readonly text: string;
} & (
  | {
      readonly kind: 'passphrase';
      readonly keyFile: string /** 1 the first time. */;
      readonly attempt: number;
    }
  | { readonly kind: 'password'; readonly user: string; readonly attempt: number }
  | {
      readonly kind: 'keyboard-interactive';
      readonly user: string;
      readonly name: string;
      readonly instructions: string;
      readonly prompts: readonly SshPrompt[];
    }
  | {
      readonly kind: 'unknown-host-key';
      readonly keyType: string /** `SHA256:...` */;
      readonly fingerprint: string;
    }
);

export interface SshPrompt {
  readonly text: string;
  /** False when what is typed must not be shown. */
  readonly echo: boolean;
}

export type SshAnswer =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'answers'; readonly answers: readonly string[] }
  | { readonly kind: 'accept' };

/** Whoever can reach a person. `undefined` means the question was declined or dismissed. */
export interface SshPrompter {
  ask(question: SshQuestion, signal: AbortSignal): Promise<SshAnswer | undefined>;
}

/** The secret given to a passphrase or password question; undefined when declined. */
export async function askForSecret(
  prompter: SshPrompter,
  question: Extract<SshQuestion, { kind: 'passphrase' | 'password' }>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await ask(prompter, question, signal);
  return answer?.kind === 'secret' ? answer.secret : undefined;
}

/** Asks, and stops waiting the moment the signal fires, whatever the prompter does. */
export async function ask(
  prompter: SshPrompter,
  question: SshQuestion,
  signal: AbortSignal,
): Promise<SshAnswer | undefined> {
  if (signal.aborted) throw cancelled(question);
  let stopListening = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(cancelled(question));
    signal.addEventListener('abort', onAbort, { once: true });
    stopListening = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([prompter.ask(question, signal), aborted]);
  } finally {
    stopListening();
  }
}

function cancelled(question: SshQuestion): DroverError {
  return new DroverError({
    code: 'cancelled',
    tried: `Log in to ${question.host} (${question.address})`,
    cause: 'it was cancelled while waiting for an answer',
  });
}
