import { toDroverError } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import type { Terminal } from './terminal.ts';

/** What a host has been told so far to let Drover in. */
export interface Answers {
  readonly acceptHostKey?: string;
  readonly password?: string;
  readonly passphrase?: string;
  readonly answers?: string[];
}

const maxQuestions = 8;

/**
 * Connects by refusals: what the host wants to know is asked on the terminal, and is an error where there is none.
 * `refusal` is one that is known already.
 */
export async function answering<T>(
  input: {
    /** As the operator wrote it. */
    readonly address: string;
    readonly first?: Answers;
    readonly refusal?: DroverError;
    readonly terminal: Terminal | undefined;
  },
  connect: (answers: Answers) => Promise<T>,
): Promise<T> {
  let answers = input.first ?? {};
  let refusal = input.refusal;
  for (let question = 0; ; question += 1) {
    if (refusal !== undefined) {
      const more = question <= maxQuestions ? await ask(refusal, answers, input) : undefined;
      if (more === undefined) throw refusal;
      answers = more;
    }
    try {
      return await connect(answers);
    } catch (thrown) {
      refusal = toDroverError(thrown);
    }
  }
}

/** Whether a person could answer it. */
export function isQuestion(error: { readonly code: string }): boolean {
  return ['host-key-unknown', 'password-needed', 'passphrase-needed', 'answers-needed'].includes(error.code);
}

async function ask(
  error: DroverError,
  before: Answers,
  { address, terminal }: { readonly address: string; readonly terminal: Terminal | undefined },
): Promise<Answers | undefined> {
  const fingerprint = error.details?.['fingerprint'];
  if (error.code === 'host-key-unknown' && terminal === undefined && typeof fingerprint === 'string') {
    throw new DroverError({
      code: 'host-key-unknown',
      tried: `Connect to ${address} for the first time`,
      cause: `its key ${fingerprint} is not known yet and there is no terminal to ask on`,
      next: `Compare it with the server's own, then add --accept-host-key ${fingerprint}`,
      details: { fingerprint },
    });
  }
  if (terminal === undefined || !isQuestion(error)) return undefined;
  terminal.say(error.message);
  switch (error.code) {
    case 'host-key-unknown': {
      if (typeof fingerprint !== 'string') return undefined;
      const yes = await terminal.ask(`Trust ${fingerprint} and connect? [y/N] `);
      return /^y(es)?$/i.test(yes.trim()) ? { ...before, acceptHostKey: fingerprint } : undefined;
    }
    case 'password-needed': {
      const password = await terminal.askHidden('Password (none: give up): ');
      return password === '' ? undefined : { ...before, password };
    }
    case 'passphrase-needed': {
      const passphrase = await terminal.askHidden('Passphrase of the key (none: give up): ');
      return passphrase === '' ? undefined : { ...before, passphrase };
    }
    default: {
      const { prompts, answered } = error.details ?? {};
      const given = (before.answers ?? []).slice(0, typeof answered === 'number' ? answered : 0);
      for (const prompt of String(prompts ?? 'Answer:').split('\n')) {
        given.push(await terminal.askHidden(`${prompt.trim()} `));
      }
      return { ...before, answers: given };
    }
  }
}
