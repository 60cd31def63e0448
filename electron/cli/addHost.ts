import { type DroverClient, toDroverError } from '#shared/contract/client.ts';
import { DroverError } from '#shared/contract/errors.ts';
import type { Host } from '#shared/model/host.ts';
import type { Terminal } from './terminal.ts';

interface AddHostOptions {
  readonly cluster: string;
  readonly key?: string;
  readonly acceptHostKey?: string;
  readonly name?: string;
}

interface Answers {
  readonly acceptHostKey?: string;
  readonly password?: string;
  readonly passphrase?: string;
  readonly answers?: readonly string[];
}

const maxQuestions = 8;

/** Adds a host; what the server wants to know is asked on the terminal, and is an error where there is none. */
export async function addHost(
  client: DroverClient,
  address: string,
  options: AddHostOptions,
  terminal: Terminal | undefined,
): Promise<Host> {
  let answers: Answers = options.acceptHostKey === undefined ? {} : { acceptHostKey: options.acceptHostKey };
  for (let question = 0; ; question += 1) {
    try {
      return await client.hosts.add({
        address,
        clusterName: options.cluster,
        ...(options.name === undefined ? {} : { name: options.name }),
        credentials: { ...(options.key === undefined ? {} : { keyFile: options.key }), ...answers },
      });
    } catch (thrown) {
      const error = toDroverError(thrown);
      const answer = question < maxQuestions ? await ask(error, address, terminal) : undefined;
      if (answer === undefined) throw error;
      answers = { ...answers, ...answer };
    }
  }
}

async function ask(
  error: DroverError,
  address: string,
  terminal: Terminal | undefined,
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
  if (terminal === undefined) return undefined;
  switch (error.code) {
    case 'host-key-unknown': {
      if (typeof fingerprint !== 'string') return undefined;
      const yes = await terminal.ask(`${error.message}\nTrust ${fingerprint} and connect? [y/N] `);
      return /^y(es)?$/i.test(yes.trim()) ? { acceptHostKey: fingerprint } : undefined;
    }
    case 'password-needed':
      return { password: await terminal.askHidden('Password: ') };
    case 'passphrase-needed':
      return { passphrase: await terminal.askHidden('Passphrase of the key: ') };
    case 'answers-needed': {
      const prompts = String(error.details?.['prompts'] ?? 'Answer: ').split('\n');
      const answers: string[] = [];
      for (const prompt of prompts) answers.push(await terminal.askHidden(`${prompt.trim()} `));
      return { answers };
    }
    default:
      return undefined;
  }
}
