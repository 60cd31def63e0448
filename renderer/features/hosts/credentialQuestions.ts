import type { ErrorData } from '#shared/contract/errors.ts';

/** What a host wants to know before it lets Drover in; each is a refusal that the operator can answer. */
export type CredentialQuestion =
  | { readonly kind: 'fingerprint'; readonly fingerprint: string; readonly keyType: string | undefined }
  | { readonly kind: 'password' }
  | { readonly kind: 'passphrase' }
  | {
      readonly kind: 'answers';
      readonly prompts: readonly string[];
      /** So many of the answers given before were taken: it asks in several rounds. */
      readonly answered: number;
    };

export interface GivenCredentials {
  readonly acceptHostKey?: string;
  readonly password?: string;
  readonly passphrase?: string;
  readonly answers?: readonly string[];
}

/** The question behind a refusal, or undefined where there is nothing to answer. */
export function questionOf(error: ErrorData): CredentialQuestion | undefined {
  switch (error.code) {
    case 'host-key-unknown': {
      const { fingerprint, keyType } = error.details ?? {};
      if (typeof fingerprint !== 'string') return undefined;
      return { kind: 'fingerprint', fingerprint, keyType: typeof keyType === 'string' ? keyType : undefined };
    }
    case 'password-needed':
      return { kind: 'password' };
    case 'passphrase-needed':
      return { kind: 'passphrase' };
    case 'answers-needed': {
      const { prompts, answered } = error.details ?? {};
      return {
        kind: 'answers',
        prompts: typeof prompts === 'string' ? prompts.split('\n') : ['Answer'],
        answered: typeof answered === 'number' ? answered : 0,
      };
    }
    default:
      return undefined;
  }
}

/** What was given so far with the answer to one more question. */
export function withAnswer(
  given: GivenCredentials,
  question: CredentialQuestion,
  texts: readonly string[],
): GivenCredentials {
  const text = texts[0] ?? '';
  switch (question.kind) {
    case 'fingerprint':
      return { ...given, acceptHostKey: question.fingerprint };
    case 'password':
      return { ...given, password: text };
    case 'passphrase':
      return { ...given, passphrase: text };
    case 'answers':
      return {
        ...given,
        answers: [
          ...(given.answers ?? []).slice(0, question.answered),
          ...question.prompts.map((_, index) => texts[index] ?? ''),
        ],
      };
    default:
      return question satisfies never;
  }
}

/** The same question a second time: the first answer was not taken. */
export function wasAnswered(given: GivenCredentials, question: CredentialQuestion): boolean {
  switch (question.kind) {
    case 'fingerprint':
      return given.acceptHostKey !== undefined;
    case 'password':
      return given.password !== undefined;
    case 'passphrase':
      return given.passphrase !== undefined;
    case 'answers':
      return (given.answers ?? []).length > question.answered;
    default:
      return question satisfies never;
  }
}

/** The file whose fingerprint `ssh-keygen -lf` prints, by the type of key the host showed. */
export function hostKeyFile(keyType: string | undefined): string {
  const kind = keyType?.includes('ed25519')
    ? 'ed25519'
    : keyType?.includes('ecdsa')
      ? 'ecdsa'
      : keyType?.includes('rsa')
        ? 'rsa'
        : 'ed25519';
  return `/etc/ssh/ssh_host_${kind}_key.pub`;
}
