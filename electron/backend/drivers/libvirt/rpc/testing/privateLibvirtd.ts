import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A real libvirtd of one's own, in namespaces: it sees nothing of the machine's, and nothing of it is left behind. */
export interface PrivateLibvirtd {
  readonly socketPath: string;
  /** libvirtd's process, for tests that kill or stop it. */
  readonly pid: number;
  connect(): Promise<Socket>;
  stop(): Promise<void>;
}

export interface PrivateLibvirtdOptions {
  /** What its socket demands of accounts other than root (root always gets in, except with `sasl`). */
  readonly auth?: 'none' | 'polkit' | 'sasl';
  /** Further lines of libvirtd.conf. */
  readonly configuration?: readonly string[];
}

/** Folders that libvirtd writes to; each is a folder of the fixture's inside its mount namespace. */
const ownFolders = ['/etc/libvirt', '/var/lib/libvirt', '/var/log', '/var/cache/libvirt', '/run'] as const;
const startDeadlineMs = 30_000;

/** Why none can be had on this machine; undefined where it can. */
export function privateLibvirtdUnavailable(): string | undefined {
  if (process.platform !== 'linux') return 'libvirtd runs on Linux only';
  if (process.getuid?.() !== 0) return 'starting a libvirtd in namespaces takes root';
  if (spawnSync('libvirtd', ['--version']).status !== 0) {
    return 'libvirtd is not installed (Debian: libvirt-daemon-system)';
  }
  const probe = spawnSync('unshare', ['-m', '-n', '-p', '--fork', 'true']);
  return probe.status === 0 ? undefined : 'this machine does not allow new namespaces';
}

export async function startPrivateLibvirtd(options: PrivateLibvirtdOptions = {}): Promise<PrivateLibvirtd> {
  const root = mkdtempSync(join(tmpdir(), 'drover-libvirtd-'));
  // Other accounts may pass through to the socket: tests log in as one.
  chmodSync(root, 0o711);
  // libvirt locks a guest's console in /var/lock, which is /run/lock.
  for (const folder of [...ownFolders, '/run/lock']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/libvirt/libvirtd.conf'), libvirtdConfiguration(options));
  writeFileSync(join(root, 'etc/libvirt/qemu.conf'), qemuConfiguration);

  const log: string[] = [];
  const outer = spawn(
    // A killed test run takes its libvirtd with it.
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'unshare',
      '-m',
      '-n',
      '-p',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-eu',
      '-c',
      startScript,
      'sh',
      root,
    ],
    { env: { ...process.env, LC_ALL: 'C', HOME: root }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  outer.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  const stop = () => stopAndClear(outer, root);
  const socketPath = join(root, 'run/libvirt/libvirt-sock');
  try {
    await answering(outer, socketPath, log);
    const pid = onlyChild(onlyChild(outer.pid));
    return { socketPath, pid, connect: () => connectUnix(socketPath), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const startScript = [
  'root=$1',
  ...ownFolders.map((folder) => `mount --bind "$root${folder}" ${folder}`),
  'ip link set lo up',
  // The shell stays process 1 of its namespace: it reaps the QEMUs that detach from libvirtd, which waits for that.
  'libvirtd & wait $!',
].join('\n');

function libvirtdConfiguration({ auth = 'none', configuration = [] }: PrivateLibvirtdOptions): string {
  return [
    `host_uuid = "${randomUUID()}"`,
    `auth_unix_rw = "${auth}"`,
    `auth_unix_ro = "${auth}"`,
    'unix_sock_rw_perms = "0777"',
    'unix_sock_dir = "/run/libvirt"',
    ...configuration,
    '',
  ].join('\n');
}

const qemuConfiguration = `${[
  'security_driver = "none"',
  'user = "root"',
  'group = "root"',
  'remember_owner = 0',
  'namespaces = []',
  'cgroup_controllers = []',
  'stdio_handler = "file"',
].join('\n')}\n`;

async function answering(outer: ChildProcess, socketPath: string, log: readonly string[]): Promise<void> {
  const endsAt = Date.now() + startDeadlineMs;
  while (Date.now() < endsAt) {
    if (outer.exitCode !== null || outer.signalCode !== null) break;
    try {
      (await connectUnix(socketPath)).destroy();
      return;
    } catch {
      await delay(20);
    }
  }
  throw new Error(`The private libvirtd did not come up. It said: ${log.join('').slice(-2000)}`);
}

function connectUnix(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** `unshare` has the shell as its child, and that libvirtd. */
function onlyChild(parent: number | undefined): number {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' });
  const [pid] = listed.stdout.trim().split(/\s+/).map(Number);
  if (!pid) throw new Error(`Process ${parent} has no child.`);
  return pid;
}

async function stopAndClear(outer: ChildProcess, root: string): Promise<void> {
  if (outer.exitCode === null && outer.signalCode === null) {
    // Process 1 of its namespace dies with it, and everything else there with that.
    const gone = new Promise((resolve) => outer.once('close', resolve));
    outer.kill('SIGKILL');
    await gone;
  }
  rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
