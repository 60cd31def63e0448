import { DroverError } from '#shared/contract/errors.ts';

export const fakeFingerprint = 'SHA256:h7Gk0Q2cVw4nYtM1rXb9sJzE5uLdPfA3oTi6KyWvN8c';

export interface FakeCredentials {
  readonly acceptHostKey?: string | undefined;
  readonly password?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly answers?: readonly string[] | undefined;
}

/** What a host says to a stranger; its address tells which of the ways to be refused it shows. */
export function refuseLogin(address: string, credentials: FakeCredentials): void {
  const tried = `Connect to ${address.replace('ssh://', '')}`;
  if (address.includes('unreachable')) {
    throw new DroverError({
      code: 'host-unreachable',
      tried,
      cause: 'no route to host',
      next: 'Check the address, and that the machine is on',
    });
  }
  if (address.includes('changed')) {
    throw new DroverError({
      code: 'host-key-changed',
      tried,
      cause: `it shows the key ${fakeFingerprint}, and line 12 of /home/ops/.ssh/known_hosts holds another one`,
      next: 'If the machine was installed anew, remove line 12 of /home/ops/.ssh/known_hosts and connect again; otherwise somebody else may be answering in its place',
      details: { fingerprint: fakeFingerprint, keyType: 'ssh-ed25519' },
    });
  }
  if (credentials.acceptHostKey !== fakeFingerprint) {
    throw new DroverError({
      code: 'host-key-unknown',
      tried,
      cause: `its key ssh-ed25519 ${fakeFingerprint} is not known`,
      next: 'Compare it with "ssh-keygen -lf" on the host; if it is the same, accept it',
      details: { fingerprint: fakeFingerprint, keyType: 'ssh-ed25519' },
    });
  }
  if (address.includes('password') && credentials.password !== 'right') {
    throw new DroverError({
      code: 'password-needed',
      tried,
      cause: 'the host wants a password and nobody is there to give it',
      next: 'Give the password, or put a key of yours on the host with ssh-copy-id',
    });
  }
  if (address.includes('passphrase') && credentials.passphrase !== 'right') {
    throw new DroverError({
      code: 'passphrase-needed',
      tried,
      cause: 'the host takes the key /home/ops/.ssh/id_ed25519, but it is locked with a passphrase',
      next: 'Give the passphrase, or load the key into the agent with ssh-add',
    });
  }
  if (address.includes('questions') && credentials.answers === undefined) {
    throw new DroverError({
      code: 'answers-needed',
      tried,
      cause: 'the host asks "One-time code:" and nobody is there to answer',
      next: 'Answer its questions',
      details: { prompts: 'One-time code:' },
    });
  }
  if (address.includes('no-libvirt')) {
    throw new DroverError({
      code: 'libvirt-missing',
      tried,
      cause: 'the login worked, and there is no libvirt socket on the host',
      next: 'Install it there (Debian: apt install libvirt-daemon-system) and add the host again',
    });
  }
}
