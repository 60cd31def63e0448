import { DroverError } from '#shared/contract/errors.ts';
import type { HostCredentials } from '../drivers.ts';
import type { SshAnswer, SshPrompter, SshQuestion } from './ssh/ssh.ts';

/**
 * Answers what a server asks from what the operator has supplied, each thing once: what was wrong is asked for
 * anew. What is missing becomes an error that says what is wanted; nobody is waited for in the middle of a login.
 */
export function prompterFrom(credentials: () => HostCredentials): SshPrompter {
  return {
    async ask(question) {
      const answer =
        question.kind !== 'unknown-host-key' && attemptOf(question) > 1
          ? undefined
          : given(question, credentials());
      if (answer !== undefined) return answer;
      throw wanted(question);
    },
  };
}

function attemptOf(question: SshQuestion): number {
  return 'attempt' in question ? question.attempt : 1;
}

function given(question: SshQuestion, credentials: HostCredentials): SshAnswer | undefined {
  switch (question.kind) {
    case 'password':
      return secret(credentials.password);
    case 'passphrase':
      return secret(credentials.passphrase);
    case 'keyboard-interactive': {
      if (question.prompts.length === 0) return { kind: 'answers', answers: [] };
      if (credentials.answers !== undefined) return { kind: 'answers', answers: credentials.answers };
      // Many servers ask for the plain password this way.
      const [only] = question.prompts;
      const isPassword = question.prompts.length === 1 && only !== undefined && /password/i.test(only.text);
      return isPassword && credentials.password !== undefined
        ? { kind: 'answers', answers: [credentials.password] }
        : undefined;
    }
    case 'unknown-host-key':
      return undefined;
    default:
      return question satisfies never;
  }
}

function secret(text: string | undefined): SshAnswer | undefined {
  return text === undefined ? undefined : { kind: 'secret', secret: text };
}

function wanted(question: SshQuestion): DroverError {
  const tried = `Log in to ${question.host} (${question.address})`;
  switch (question.kind) {
    case 'password':
      return new DroverError({
        code: 'password-needed',
        tried,
        cause:
          question.attempt > 1
            ? 'the password was not accepted'
            : `it asks for the password of ${question.user}`,
        next: 'Give the password; it stays in memory only',
      });
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
      return new DroverError({
        code: 'answers-needed',
        tried,
        cause: 'it asks questions that only you can answer',
        next: 'Answer them; the answers stay in memory only',
        details: { prompts: question.prompts.map((prompt) => prompt.text).join('\n') },
      });
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
