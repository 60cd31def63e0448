import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failureOf.ts';
import { type ConnectOptions, connectSsh } from './connect.ts';
import type { SshConnection } from './connection.ts';
import type { SshAnswer, SshPrompter, SshQuestion } from './prompter.ts';
import type { SshSurroundings } from './surroundings.ts';
import {
  generateKey,
  hasSshd,
  isRoot,
  type PrivateSshd,
  privateHome,
  startPrivateAgent,
  startPrivateSshd,
} from './testing/privateSshd.ts';
import { serve } from './testing/servers.ts';

const PASSPHRASE = 'correct horse';

class Person implements SshPrompter {
  readonly questions: SshQuestion[] = [];
  readonly #answers: (SshAnswer | undefined)[];
  constructor(...answers: (SshAnswer | undefined)[]) {
    this.#answers = answers;
  }
  async ask(question: SshQuestion): Promise<SshAnswer | undefined> {
    this.questions.push(question);
    return this.#answers.shift();
  }
}
const accept: SshAnswer = { kind: 'accept' };
const secret = (text: string): SshAnswer => ({ kind: 'secret', secret: text });

let home: SshSurroundings;
const open: SshConnection[] = [];
beforeEach(async () => {
  home = await privateHome();
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  rmSync(home.homeFolder, { recursive: true, force: true });
});

async function connect(
  sshd: PrivateSshd,
  options: ConnectOptions = {},
  change: Partial<SshSurroundings> = {},
): Promise<SshConnection> {
  const connection = await connectSsh(
    { user: sshd.user, host: '127.0.0.1', port: sshd.port },
    { ...home, ...change },
    options,
  );
  open.push(connection);
  return connection;
}
const inSsh = (name: string): string => path.join(home.homeFolder, '.ssh', name);
async function trust(sshd: PrivateSshd, type?: string, file = inSsh('known_hosts')): Promise<void> {
  appendFileSync(file, `[127.0.0.1]:${sshd.port} ${await sshd.publicKey(type)}\n`);
}

describe.skipIf(!hasSshd)('logging in to a real sshd with keys', () => {
  let sshd: PrivateSshd;
  beforeAll(async () => {
    sshd = await startPrivateSshd();
  });
  afterAll(() => sshd.stop());
  beforeEach(() => trust(sshd));

  it.each(['ed25519', 'ecdsa', 'rsa'])('takes a default key of kind %s', async (type) => {
    await generateKey(inSsh(`id_${type}`), { type });
    await sshd.authorize(inSsh(`id_${type}.pub`));
    const connection = await connect(sshd);
    expect(await connection.exec('echo it is $0; exit 3')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('it is'),
    });
  });

  it('unlocks an encrypted key once and remembers it for the session', async () => {
    await generateKey(inSsh('id_ed25519'), { passphrase: PASSPHRASE });
    await sshd.authorize(inSsh('id_ed25519.pub'));
    rmSync(inSsh('id_ed25519.pub'));
    const prompter = new Person(secret('wrong'), secret(PASSPHRASE));
    await connect(sshd, {}, { prompter });
    expect(prompter.questions).toMatchObject([
      { kind: 'passphrase', keyFile: inSsh('id_ed25519'), attempt: 1 },
      { kind: 'passphrase', attempt: 2, text: expect.stringContaining('does not open it') },
    ]);
    await connect(sshd, { interactive: false });
    expect(prompter.questions).toHaveLength(2);
    expect(inspect(home, { depth: 9, showHidden: true })).not.toContain(PASSPHRASE);
  });

  it('unlocks an old PEM key, whose public half is not known beforehand', async () => {
    await generateKey(inSsh('id_rsa'), { type: 'rsa', passphrase: PASSPHRASE, more: ['-m', 'PEM'] });
    await sshd.authorize(inSsh('id_rsa.pub'));
    rmSync(inSsh('id_rsa.pub'));
    const prompter = new Person(secret(PASSPHRASE));
    await connect(sshd, {}, { prompter });
    expect(prompter.questions).toHaveLength(1);
  });

  it('does not ask for the passphrase of a key the host would not take', async () => {
    await generateKey(inSsh('id_ed25519'), { passphrase: PASSPHRASE });
    await generateKey(inSsh('id_rsa'), { type: 'rsa' });
    await sshd.authorize(inSsh('id_rsa.pub'));
    const prompter = new Person();
    await connect(sshd, {}, { prompter });
    expect(prompter.questions).toEqual([]);
  });

  it('says that a passphrase is needed when nobody can be asked', async () => {
    await generateKey(inSsh('id_ed25519'), { passphrase: PASSPHRASE });
    await sshd.authorize(inSsh('id_ed25519.pub'));
    const error = await failureOf(connect(sshd));
    expect(error.code).toBe('passphrase-needed');
    expect(error.message).toContain(inSsh('id_ed25519'));
    expect(error.message).toContain('ssh-add');
  });

  it('asks for one passphrase once, however many logins want it', async () => {
    await generateKey(inSsh('id_ed25519'), { passphrase: PASSPHRASE });
    await sshd.authorize(inSsh('id_ed25519.pub'));
    const prompter = new Person(secret(PASSPHRASE));
    await Promise.all([1, 2, 3].map(() => connect(sshd, {}, { prompter })));
    expect(prompter.questions).toHaveLength(1);
  });

  it('names keys and methods when the host takes none', async () => {
    await generateKey(inSsh('id_ed25519'));
    const error = await failureOf(connect(sshd));
    expect(error.code).toBe('login-refused');
    expect(error.message).toMatch(
      /Log in to \S+@127\.0\.0\.1:\d+: .*tried key .*id_ed25519 \(ssh-ed25519 SHA256:/,
    );
    expect(error.message).toContain('the host takes publickey');
    expect(error.message).toContain('ssh-copy-id');
    expect((await failureOf(connect(sshd, { keyFiles: [] }, { homeFolder: '/nowhere' }))).message).toContain(
      'no key to try',
    );
  });

  it('tries the key file it is given, and says when that is none', async () => {
    const file = path.join(home.homeFolder, 'given');
    await generateKey(file);
    await sshd.authorize(`${file}.pub`);
    expect((await connect(sshd, { keyFiles: [file] })).purpose).toBe('control');
    expect((await failureOf(connect(sshd, { keyFiles: [`${file}-not`] }))).message).toContain(
      'there is no such file',
    );
    writeFileSync(file, 'hello');
    expect(await failureOf(connect(sshd, { keyFiles: [file] }))).toMatchObject({ code: 'key-file-unusable' });
  });

  it('uses the agent, and only the named key of it when told so', async () => {
    const agent = await startPrivateAgent();
    try {
      for (const name of ['one', 'two']) {
        await generateKey(inSsh(name), { type: name === 'one' ? 'ed25519' : 'rsa' });
        await agent.add(inSsh(name));
        rmSync(inSsh(name));
      }
      const environment = { SSH_AUTH_SOCK: agent.socket };
      await sshd.authorize(inSsh('two.pub'));
      await connect(sshd, {}, { environment });
      writeFileSync(
        inSsh('config'),
        `IdentitiesOnly yes\nIdentityFile ~/.ssh/one.pub\nIdentityAgent ${agent.socket}\n`,
      );
      const error = await failureOf(connect(sshd));
      expect(error.message.match(/from the agent/g)).toHaveLength(1);
      writeFileSync(
        inSsh('config'),
        `IdentitiesOnly yes\nIdentityFile ~/.ssh/two.pub\nIdentityAgent ${agent.socket}\n`,
      );
      await connect(sshd);
    } finally {
      await agent.stop();
    }
    const dead = await failureOf(connect(sshd, {}, { environment: { SSH_AUTH_SOCK: agent.socket } }));
    expect(dead.message).toContain('did not answer');
  });

  it('says that too many keys were offered', async () => {
    const strict = await startPrivateSshd({ configuration: ['MaxAuthTries 2'] });
    try {
      await trust(strict);
      for (const type of ['ed25519', 'ecdsa', 'rsa']) await generateKey(inSsh(`id_${type}`), { type });
      const error = await failureOf(connect(strict));
      expect(error).toMatchObject({ code: 'login-refused' });
      expect(error.message).toMatch(/Too many authentication failures.*IdentitiesOnly/);
    } finally {
      await strict.stop();
    }
  });
});

describe.skipIf(!hasSshd || !isRoot)('logging in to a real sshd with what a person types', () => {
  it('asks for a password, again when it is wrong, and not on a reconnect', async () => {
    const sshd = await startPrivateSshd({ passwordUser: { name: 'pat', password: 'hunter2' } });
    try {
      await trust(sshd);
      const prompter = new Person(secret('wrong'), secret('hunter2'));
      await connect(sshd, {}, { prompter });
      expect(prompter.questions).toMatchObject([
        { kind: 'password', user: 'pat', attempt: 1 },
        { kind: 'password', attempt: 2 },
      ]);
      await connect(sshd, { interactive: false });
      home.secrets.clear();
      expect(await failureOf(connect(sshd))).toMatchObject({ code: 'password-needed' });
      const refused = await failureOf(
        connect(sshd, {}, { prompter: new Person(...['a', 'b', 'c'].map(secret)) }),
      );
      expect(refused).toMatchObject({
        code: 'login-refused',
        message: expect.stringContaining('password (3 times)'),
      });
      const declined = await failureOf(connect(sshd, {}, { prompter: new Person(undefined) }));
      expect(declined.message).toContain('no password was given');
      expect(inspect([declined, refused, home, sshd.log()], { depth: 9 })).not.toContain('hunter2');
    } finally {
      await sshd.stop();
    }
  });

  it('answers the questions of PAM, and a key followed by them', async () => {
    const sshd = await startPrivateSshd({
      passwordUser: { name: 'pat', password: 'hunter2' },
      pam: true,
      configuration: ['AuthenticationMethods publickey,keyboard-interactive'],
    });
    try {
      await trust(sshd);
      expect((await failureOf(connect(sshd))).message).toContain('the host takes publickey');
      await generateKey(inSsh('id_ed25519'));
      await sshd.authorize(inSsh('id_ed25519.pub'));
      expect(await failureOf(connect(sshd))).toMatchObject({ code: 'password-needed' });
      const prompter = new Person({ kind: 'answers', answers: ['hunter2'] });
      await connect(sshd, {}, { prompter });
      expect(prompter.questions).toMatchObject([
        {
          kind: 'keyboard-interactive',
          user: 'pat',
          prompts: [{ text: expect.stringContaining('assword'), echo: false }],
        },
      ]);
      await connect(sshd, { interactive: false });
    } finally {
      await sshd.stop();
    }
  });
});

describe.skipIf(!hasSshd)('trusting a real sshd', () => {
  let sshd: PrivateSshd;
  beforeAll(async () => {
    sshd = await startPrivateSshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'] });
  });
  afterAll(() => sshd.stop());
  beforeEach(async () => {
    await generateKey(inSsh('id_ed25519'));
    await sshd.authorize(inSsh('id_ed25519.pub'));
  });
  const own = (): string => readFileSync(home.ownKnownHostsFile, 'utf8');

  it('asks about an unknown key once, shows what ssh-keygen prints, and remembers', async () => {
    const prompter = new Person(accept);
    const [first] = await Promise.all([
      connect(sshd, {}, { prompter }),
      connect(sshd, { purpose: 'bulk' }, { prompter }),
    ]);
    expect(prompter.questions).toMatchObject([
      { kind: 'unknown-host-key', fingerprint: await sshd.fingerprint('ed25519') },
    ]);
    expect(first.hostKeyFingerprint).toBe(await sshd.fingerprint('ed25519'));
    expect(own()).toBe(`[127.0.0.1]:${sshd.port} ${await sshd.publicKey('ed25519')}\n`);
    await connect(sshd, { interactive: false });
  });

  it('does not ask when another login had the key accepted after this one had read the files', async () => {
    const publicKey = await sshd.publicKey('ed25519');
    // Connections come in after the files have been read.
    const gate = await serve(0, (socket) => {
      appendFileSync(inSsh('known_hosts'), `[127.0.0.1]:${gate.port} ${publicKey}\n`);
      const onward = connectTcp(sshd.port, '127.0.0.1').on('error', () => {});
      socket.pipe(onward).pipe(socket);
    });
    const prompter = new Person();
    await connect({ ...sshd, port: gate.port }, {}, { prompter });
    expect(prompter.questions).toEqual([]);
    for (const each of open.splice(0)) await each.close();
    await gate.stop();
  });

  it('goes no further when the key is not accepted, or nobody can be asked', async () => {
    const declined = await failureOf(connect(sshd, {}, { prompter: new Person(undefined) }));
    expect(declined).toMatchObject({ code: 'host-key-unknown', details: { declined: true } });
    const alone = await failureOf(connect(sshd));
    expect(alone).toMatchObject({
      code: 'host-key-unknown',
      details: { fingerprint: await sshd.fingerprint('ed25519') },
    });
    expect(alone.message).toContain(`--accept-host-key ${await sshd.fingerprint('ed25519')}`);
    expect(sshd.log()).not.toContain('Failed publickey');
  });

  it.each(['ed25519', 'ecdsa', 'rsa'])('finds the given %s key among the ones the host has', async (type) => {
    await connect(sshd, { acceptHostKey: await sshd.fingerprint(type) });
    expect(own()).toContain(await sshd.publicKey(type));
    await connect(sshd, { interactive: false });
  });

  it('refuses every key but the given one', async () => {
    const error = await failureOf(
      connect(sshd, { acceptHostKey: `SHA256:${'A'.repeat(43)}` }, { prompter: new Person(accept) }),
    );
    expect(error).toMatchObject({ code: 'host-key-changed' });
    for (const type of ['ed25519', 'ecdsa', 'rsa'])
      expect(error.message).toContain(await sshd.fingerprint(type));
    expect(() => own()).toThrow('ENOENT');
  });

  it('asks the host for the kind of key it is known by', async () => {
    await trust(sshd, 'rsa');
    expect((await connect(sshd)).hostKeyFingerprint).toBe(await sshd.fingerprint('rsa'));
  });

  it('knows it by a hashed name, as ssh-keygen hashes it', async () => {
    await trust(sshd, 'ecdsa');
    const { execFileSync } = await import('node:child_process');
    execFileSync('ssh-keygen', ['-q', '-H', '-f', inSsh('known_hosts')], { stdio: 'ignore' });
    expect(readFileSync(inSsh('known_hosts'), 'utf8')).toMatch(/^\|1\|/);
    await connect(sshd);
  });

  it('refuses a changed key before anything is sent, whatever is given, and says where the old one stands', async () => {
    await generateKey(path.join(home.homeFolder, 'other'));
    const other = readFileSync(path.join(home.homeFolder, 'other.pub'), 'utf8');
    writeFileSync(inSsh('known_hosts'), `# mine\n[127.0.0.1]:${sshd.port} ${other}`);
    const prompter = new Person(accept);
    for (const options of [{}, { acceptHostKey: await sshd.fingerprint('ed25519') }]) {
      const error = await failureOf(connect(sshd, options, { prompter }));
      expect(error.code).toBe('host-key-changed');
      expect(error.message).toContain(`line 2 of ${inSsh('known_hosts')}`);
      expect(error.message).toContain('in between');
    }
    expect(prompter.questions).toEqual([]);
  });

  it('refuses a revoked key, and says plainly what it cannot do with authorities', async () => {
    writeFileSync(inSsh('known_hosts'), `@revoked * ${await sshd.publicKey('ed25519')}\n`);
    expect(await failureOf(connect(sshd, {}, { prompter: new Person(accept) }))).toMatchObject({
      code: 'host-key-revoked',
    });
    writeFileSync(inSsh('known_hosts'), `@cert-authority * ${await sshd.publicKey('rsa')}\n`);
    const error = await failureOf(connect(sshd, {}, { prompter: new Person(accept) }));
    expect(error.message).toContain('Drover cannot check host certificates');
    await connect(sshd, { acceptHostKey: await sshd.fingerprint('ed25519') });
  });
});
