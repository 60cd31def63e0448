import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { createSecretMemory } from '../secretMemory.ts';
import type { SshSurroundings } from '../surroundings.ts';

const run = promisify(execFile);
const SSHD = '/usr/sbin/sshd';

/** Real sshd runs where the tests do. Users with passwords can be had only by root, in a mount namespace. */
export const hasSshd = existsSync(SSHD);
export const isRoot = process.getuid?.() === 0;

export interface PrivateSshdOptions {
  /** Lines put before the fixture's own; sshd takes the first it meets. */
  readonly configuration?: readonly string[];
  /** Where its logins find programs. */
  readonly path?: string;
  readonly hostKeyTypes?: readonly ('ed25519' | 'ecdsa' | 'rsa')[];
  /** A user with this password, by /etc/passwd and /etc/shadow of sshd's own. Root only. */
  readonly passwordUser?: PasswordUser;
  /** Questions by PAM (keyboard-interactive), the password first and then those of these modules. Root only. */
  readonly pam?: boolean | readonly string[];
}

interface PasswordUser {
  readonly name: string;
  readonly password: string;
  /** Default 0, since an ordinary user cannot read the fixture's files. */
  readonly userId?: number;
}

/** A real sshd on a port of 127.0.0.1, with keys of its own, in a folder of its own. */
export interface PrivateSshd {
  readonly port: number;
  readonly folder: string;
  readonly user: string;
  /** Lets the holder of this public key in. */
  authorize(publicKeyFile: string): Promise<void>;
  fingerprint(type?: string): Promise<string>;
  /** `ssh-ed25519 AAAA...` */
  publicKey(type?: string): Promise<string>;
  /** Its key, in the known_hosts of that home. */
  makeKnown(home: SshSurroundings): Promise<void>;
  log(): string;
  /** Kills (or stops) the processes that serve the logins, as a crash would; sshd itself stays. */
  killSessions(signal?: 'SIGKILL' | 'SIGSTOP'): Promise<number>;
  stop(): Promise<void>;
}

export async function startPrivateSshd(options: PrivateSshdOptions = {}): Promise<PrivateSshd> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drover-sshd-'));
  const types = options.hostKeyTypes ?? ['ed25519'];
  for (const type of types) await generateKey(path.join(folder, `host_${type}`), { type });
  const authorized = path.join(folder, 'authorized_keys');
  await writeFile(authorized, '');
  const port = await freePort();
  const configFile = path.join(folder, 'sshd_config');
  await writeFile(
    configFile,
    [
      ...(options.configuration ?? []),
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...types.map((type) => `HostKey ${path.join(folder, `host_${type}`)}`),
      `AuthorizedKeysFile ${authorized}`,
      'PidFile none',
      'StrictModes no',
      `UsePAM ${options.pam ? 'yes' : 'no'}`,
      `KbdInteractiveAuthentication ${options.pam ? 'yes' : 'no'}`,
      `PasswordAuthentication ${options.passwordUser && !options.pam ? 'yes' : 'no'}`,
      'PermitRootLogin yes',
      'Subsystem sftp internal-sftp',
      // A login here must not run what the developer's own shell does on starting, nor die in the middle of it.
      `SetEnv HOME=${folder}${options.path === undefined ? '' : ` PATH=${options.path}`}`,
      'LogLevel VERBOSE',
    ].join('\n'),
  );
  // Where sshd runs as root it insists on this folder, which a boot otherwise makes.
  if (isRoot) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const command = [SSHD, '-D', '-e', '-f', configFile];
  const child = options.passwordUser
    ? spawn('unshare', [
        '-m',
        'sh',
        '-c',
        await withUser(folder, options.passwordUser, options.pam ?? false, command),
      ])
    : spawn(SSHD, command.slice(1));
  const log = await listening(child, port);
  const publicKey = async (type = types[0] ?? 'ed25519') => {
    const text = await readFile(path.join(folder, `host_${type}.pub`), 'utf8');
    return text.split(' ').slice(0, 2).join(' ');
  };
  return {
    port,
    folder,
    user: options.passwordUser?.name ?? userInfo().username,
    authorize: async (file) => writeFile(authorized, await readFile(file, 'utf8'), { flag: 'a' }),
    fingerprint: async (type = types[0] ?? 'ed25519') => {
      const { stdout } = await run('ssh-keygen', ['-lf', path.join(folder, `host_${type}.pub`)]);
      return stdout.split(' ')[1] ?? '';
    },
    publicKey,
    makeKnown: async ({ homeFolder }) => {
      const line = `[127.0.0.1]:${port} ${await publicKey()}\n`;
      await writeFile(path.join(homeFolder, '.ssh', 'known_hosts'), line, { flag: 'a' });
    },
    log,
    killSessions: (signal = 'SIGKILL') => killTree(child.pid ?? 0, false, signal),
    stop: async () => {
      await killTree(child.pid ?? 0, true, 'SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listening(child: ChildProcess, port: number): Promise<() => string> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(`port ${port}.`)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`sshd ended with ${code}: ${text}`)));
  });
  return () => text;
}

/** A shell line that gives sshd its own users and then becomes it, so that the process id stays the same. */
async function withUser(
  folder: string,
  user: PasswordUser,
  pam: boolean | readonly string[],
  command: readonly string[],
): Promise<string> {
  const { stdout } = await run('openssl', ['passwd', '-6', user.password]);
  const home = path.join(folder, 'home');
  await mkdir(home);
  const files = {
    '/etc/passwd': `${await readFile('/etc/passwd', 'utf8')}${user.name}:x:${user.userId ?? 0}:${user.userId ?? 0}::${home}:/bin/sh\n`,
    '/etc/shadow': `${await readFile('/etc/shadow', 'utf8')}${user.name}:${stdout.trim()}:19000:0:99999:7:::\n`,
    ...(pam === false
      ? {}
      : {
          '/etc/pam.d/sshd': [
            ...['pam_unix.so', ...(pam === true ? [] : pam)].map((each) => `auth required ${each}`),
            'account required pam_permit.so',
            'session required pam_permit.so',
            '',
          ].join('\n'),
        }),
  };
  const mounts: string[] = [];
  for (const [target, text] of Object.entries(files)) {
    const copy = path.join(folder, path.basename(target) + (target.includes('pam') ? '.pam' : ''));
    await writeFile(copy, text, { mode: 0o644 });
    mounts.push(`mount --bind ${copy} ${target}`);
  }
  return [...mounts, `exec ${command.join(' ')}`].join(' && ');
}

/** Kills the descendants of a process, deepest first, and the process itself if wanted. */
async function killTree(pid: number, itself: boolean, signal: 'SIGKILL' | 'SIGSTOP'): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  let killed = 0;
  for (const child of children.split(' ').filter(Boolean))
    killed += await killTree(Number(child), true, signal);
  if (!itself || pid <= 1) return killed;
  try {
    process.kill(pid, signal);
    return killed + 1;
  } catch {
    return killed;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface KeyOptions {
  readonly type?: string;
  readonly passphrase?: string;
  readonly more?: readonly string[];
}

/** Makes a key pair with ssh-keygen; the public half is beside it. */
export async function generateKey(file: string, options: KeyOptions = {}): Promise<void> {
  const { type = 'ed25519', passphrase = '', more = [] } = options;
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  await run('ssh-keygen', [
    '-q',
    '-t',
    type,
    ...bits,
    '-N',
    passphrase,
    '-C',
    `test ${type}`,
    '-f',
    file,
    ...more,
  ]);
}

/** A home of its own for a test: no key, no agent, no known host of whoever runs it. */
export async function privateHome(change: Partial<SshSurroundings> = {}): Promise<SshSurroundings> {
  const homeFolder = await mkdtemp(path.join(tmpdir(), 'drover-home-'));
  await mkdir(path.join(homeFolder, '.ssh'));
  return {
    homeFolder,
    configFile: path.join(homeFolder, '.ssh', 'config'),
    userKnownHostsFiles: [path.join(homeFolder, '.ssh', 'known_hosts')],
    ownKnownHostsFile: path.join(homeFolder, 'drover', 'known_hosts'),
    environment: {},
    localUser: userInfo().username,
    platform: process.platform,
    secrets: createSecretMemory(),
    ...change,
  };
}

export interface PrivateAgent {
  readonly socket: string;
  add(keyFile: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startPrivateAgent(): Promise<PrivateAgent> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drover-agent-'));
  const socket = path.join(folder, 'socket');
  const child = spawn('ssh-agent', ['-D', '-a', socket]);
  await once(child.stdout, 'data');
  return {
    socket,
    add: async (keyFile) => {
      await run('ssh-add', ['-q', keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    },
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
