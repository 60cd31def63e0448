import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HostCredentials } from '../drivers.ts';
import { prompterFrom } from './credentials.ts';
import { connectSsh, type SshSurroundings } from './ssh/ssh.ts';
import {
  generateKey,
  hasSshd,
  isRoot,
  type PrivateSshd,
  privateHome,
  startPrivateSshd,
} from './ssh/testing/privateSshd.ts';

describe.skipIf(!hasSshd || !isRoot)('answering a real sshd from what the operator has supplied', () => {
  const password = 'hunter2';
  let sshd: PrivateSshd;
  let home: SshSurroundings;

  beforeAll(async () => {
    // pam_ftp asks a guest for an e-mail address, in a round of its own, and takes any.
    const pam = ['pam_ftp.so users=pat'];
    sshd = await startPrivateSshd({ passwordUser: { name: 'pat', password }, pam });
  });
  afterAll(() => sshd?.stop());
  beforeEach(async () => {
    home = await privateHome();
  });
  afterEach(() => {
    rmSync(home.homeFolder, { recursive: true, force: true });
  });

  async function logIn(credentials: HostCredentials): Promise<void> {
    const login = await connectSsh(
      { user: 'pat', host: '127.0.0.1', port: sshd.port },
      { ...home, prompter: prompterFrom(() => credentials) },
      {
        acceptHostKey: await sshd.fingerprint(),
        ...(credentials.keyFile === undefined ? {} : { keyFiles: [credentials.keyFile] }),
      },
    );
    await login.close();
  }

  it('says what is asked, round by round, and sends each thing once', async () => {
    await expect(logIn({})).rejects.toMatchObject({ code: 'password-needed' });
    // Unanswered questions are not answered with blanks, which the host would count as wrong.
    expect(sshd.log()).not.toMatch(/Failed|failure/);
    const prompt = expect.stringMatching(/e-mail address/);
    await expect(logIn({ password })).rejects.toMatchObject({
      code: 'answers-needed',
      message: expect.stringMatching(/127\.0\.0\.1 \(pat@.*it asks ".*e-mail address.*Answer it/),
      details: { prompts: prompt, answered: 0 },
    });
    await expect(logIn({ password: 'wrong', answers: ['pat@example.org'] })).rejects.toMatchObject({
      code: 'password-needed',
      message: expect.stringContaining('the password of pat was not accepted'),
    });
    await logIn({ password, answers: ['pat@example.org'] });
  });

  it('remembers a password that worked, and forgets it only when it is refused', async () => {
    await logIn({ password, answers: ['a@b'] });
    // The remembered password is taken, and the host's own question is asked.
    await expect(logIn({})).rejects.toMatchObject({ code: 'answers-needed' });
    await logIn({ answers: ['a@b'] });
    const name = `password:pat@127.0.0.1:${sshd.port}` as const;
    expect(home.secrets.recall(name)).toBe(password);
    home.secrets.remember(name, 'outdated');
    await expect(logIn({ answers: ['a@b'] })).rejects.toMatchObject({
      code: 'password-needed',
      message: expect.stringContaining('it did not take the password it was given before'),
    });
    expect(home.secrets.recall(name)).toBeUndefined();
  });

  it('says which keys were not taken before the host asked', async () => {
    const keyFile = `${home.homeFolder}/.ssh/other`;
    await generateKey(keyFile);
    await expect(logIn({ keyFile })).rejects.toMatchObject({
      code: 'password-needed',
      message: expect.stringMatching(
        /it did not take the key \S+\/other \(ssh-ed25519 SHA256:\S+\), and it asks for the password of pat\. .*authorized_keys/,
      ),
    });
  });
});
