import { DroverError } from '#shared/contract/errors.ts';
import type { HostCredentials } from '../drivers.ts';
import { asksForPassword, type SshAnswer, type SshPrompter, type SshQuestion } from './ssh/ssh.ts';

type Question<K extends SshQuestion['kind']> = Extract<SshQuestion, { kind: K }>;

/**
 * Answers what a server asks from what the operator has supplied, each thing once: what was wrong is asked for
 * anew. What is missing becomes an error that says what is wanted; nobody is waited for in the middle of a login.
 */
export function prompterFrom(credentials: () => HostCredentials): SshPrompter {
  return {
    async ask(question) {
      const isRepeated = question.kind !== 'unknown-host-key' && question.attempt > 1;
      const answer = isRepeated ? undefined : given(question, credentials());
      if (answer !== undefined) return answer;
      throw wanted(question);
    },
  };
}

/** Secrets have been given and taken, or given and refused: kept on, they would only be sent a second time. */
export function withoutSecrets({ keyFile, acceptHostKey }: HostCredentials): HostCredentials {
  return {
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(acceptHostKey === undefined ? {} : { acceptHostKey }),
  };
}

function given(question: SshQuestion, credentials: HostCredentials): SshAnswer | undefined {
  switch (question.kind) {
    case 'password':
      return secret(credentials.password);
    case 'passphrase':
      return secret(credentials.passphrase);
    case 'keyboard-interactive':
      return answers(question, credentials);
    case 'unknown-host-key':
      return undefined;
    default:
      return question satisfies never;
  }
}

function secret(text: string | undefined): SshAnswer | undefined {
  return text === undefined ? undefined : { kind: 'secret', secret: text };
}

/** The next answers in order; a host may ask in several rounds. */
function answers(
  { prompts, answered }: Question<'keyboard-interactive'>,
  credentials: HostCredentials,
): SshAnswer | undefined {
  if (asksForPassword(prompts)) return secret(credentials.password);
  const next = (credentials.answers ?? []).slice(answered, answered + prompts.length);
  return next.length === prompts.length ? { kind: 'answers', answers: next } : undefined;
}

function wanted(question: SshQuestion): DroverError {
  const tried = `Log in to ${question.host} (${question.address})`;
  switch (question.kind) {
    case 'password':
      return passwordWanted(tried, question);
    case 'passphrase':
      return new DroverError({
        code: 'passphrase-needed',
        tried,
        cause:
          question.attempt > 1
            ? `the passphrase does not open ${question.keyFile}`
            : `the key ${question.keyFile} is encrypted`,
        next: 'Give its passphrase, or load the key into an SSH agent',
        details: { keyFile: question.keyFile },
      });
    case 'keyboard-interactive':
      return asksForPassword(question.prompts)
        ? passwordWanted(tried, question)
        : answersWanted(tried, question);
    case 'unknown-host-key':
      return new DroverError({
        code: 'host-key-unknown',
        tried,
        cause: `its key ${question.keyType} ${question.fingerprint} is not known`,
        next: `Compare it with what "ssh-keygen -lf" prints on the host, and trust it if they are the same (--accept-host-key ${question.fingerprint})`,
        details: { fingerprint: question.fingerprint, keyType: question.keyType },
      });
    default:
      return question satisfies never;
  }
}

function passwordWanted(
  tried: string,
  { attempt, refused, user }: Question<'password' | 'keyboard-interactive'>,
): DroverError {
  const before = refused.length === 0 ? '' : `it did not take ${refused.join(', ')}, and `;
  return new DroverError({
    code: 'password-needed',
    tried,
    cause:
      attempt > 1
        ? `the password of ${user} was not accepted`
        : `${before}it asks for the password of ${user}`,
    next: `Give the password, or put a key of yours into ~/.ssh/authorized_keys of ${user} there (ssh-copy-id does it)`,
    details: { user },
  });
}

function answersWanted(
  tried: string,
  { attempt, answered, instructions, prompts }: Question<'keyboard-interactive'>,
): DroverError {
  const asked = prompts.map((prompt) => `"${prompt.text}"`).join(', ');
  return new DroverError({
    code: 'answers-needed',
    tried,
    cause: attempt > 1 ? `the answers were not accepted; it asks again ${asked}` : `it asks ${asked}`,
    next: 'Answer it; one-time codes are used once and not kept',
    details: {
      prompts: prompts.map((prompt) => prompt.text).join('\n'),
      answered: attempt > 1 ? 0 : answered,
      ...(instructions.trim() === '' ? {} : { instructions: instructions.trim() }),
    },
  });
}
