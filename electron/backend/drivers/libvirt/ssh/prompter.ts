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
  | {
      readonly kind: 'password';
      readonly user: string;
      readonly attempt: number;
      readonly refused: readonly string[];
    }
  | {
      readonly kind: 'keyboard-interactive';
      readonly user: string;
      readonly name: string;
      readonly instructions: string;
      readonly prompts: readonly SshPrompt[];
      /** 1 the first time; a host that asks all over again has not taken the answers. */
      readonly attempt: number;
      /** How many answers it has had in this attempt, in earlier rounds; a password is not counted. */
      readonly answered: number;
      /** What it did not take before it asked: keys, a remembered password. */
      readonly refused: readonly string[];
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

/** Many hosts ask for the plain password by a question. "New password:" and the like are not that. */
const PASSWORD_PROMPT = /^(?:\(\S+@\S+\) |\S+@\S+'s )?password(?: for \S+)?\s*:?$/i;

export function asksForPassword(prompts: readonly SshPrompt[]): boolean {
  const [only] = prompts;
  return prompts.length === 1 && only !== undefined && !only.echo && PASSWORD_PROMPT.test(only.text);
}

/**
 * Whoever can reach a person. `undefined` means the question was declined or dismissed: the login tries what is left.
 * What it throws ends the login and becomes its error.
 */
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
