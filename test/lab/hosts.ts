import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { LabError } from './labError.ts';
import type { LabDescription, LabHost } from './labState.ts';
import { inNamespace, killNamespace, setLink } from './network.ts';
import { until } from './pause.ts';
import { insideHost } from './places.ts';
import { type ProgramOptions, type ProgramResult, runProgram, tryProgram } from './runProgram.ts';

const bootScript = join(import.meta.dirname, 'host', 'boot.sh');

/** The machine's number for the host's PID 1; undefined when the host is dead. */
export function initOf(host: LabHost): number | undefined {
  try {
    const pid = Number(readFileSync(join(host.folder, 'init.pid'), 'utf8'));
    const alive = statSync(`/proc/${pid}/ns/net`).ino === statSync(`/run/netns/${host.namespace}`).ino;
    return alive ? pid : undefined;
  } catch {
    return undefined;
  }
}

const socketName = (host: LabHost): string => (host.modularSocket ? 'virtqemud-sock' : 'libvirt-sock');

/** Starts the host's PID 1 and resolves when libvirt and sshd answer. The network namespace must exist. */
export async function bootHost(lab: LabDescription, host: LabHost): Promise<void> {
  if (initOf(host) !== undefined)
    throw new LabError(
      `${host.name} of lab "${lab.name}" is running already; \`kill\` it before \`revive\`.`,
    );
  for (const fresh of ['run', 'tmp'])
    for (const entry of await readdir(join(host.folder, fresh)))
      await rm(join(host.folder, fresh, entry), { recursive: true });
  await rm(join(host.folder, 'ready'), { force: true });
  const log = openSync(join(host.folder, 'boot.log'), 'a', 0o600);
  const separate = ['--mount', '--uts', '--ipc', '--pid', '--fork', '--propagation', 'private'];
  const folders = [host.folder, host.name, join(lab.folder, 'shared'), join(lab.folder, 'boot')];
  const libvirt = [host.libvirt ? 'libvirtd' : 'none', socketName(host)];
  const boot = ['unshare', ...separate, '--', '/bin/sh', bootScript, ...folders, ...libvirt];
  const [program = '', ...parameters] = inNamespace(host.namespace, boot);
  let ended = false;
  const child = spawn(program, parameters, {
    cwd: '/',
    detached: true, // The host outlives the command that started it.
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
    stdio: ['ignore', log, log],
  });
  child.on('error', () => (ended = true)).on('exit', () => (ended = true));
  child.unref();
  closeSync(log);
  await until(`${host.name} of lab "${lab.name}" starting`, 30_000, async () => {
    if (ended)
      throw new LabError(`${host.name} did not start: ${await lastLines(join(host.folder, 'boot.log'))}`);
    return await readFile(join(host.folder, 'ready'), 'utf8').catch(() => undefined);
  });
  await until(`${host.name}'s sshd answering at ${host.address}:${host.sshPort}`, 10_000, () =>
    greeting(host),
  );
}

async function lastLines(file: string): Promise<string> {
  return (
    (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' / ') ||
    'it said nothing'
  );
}

function greeting(host: LabHost): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.address, port: host.sshPort, timeout: 1000 });
    const end = (answer: true | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => end(data.toString().startsWith('SSH-') ? true : undefined));
    socket
      .once('error', () => end(undefined))
      .once('timeout', () => end(undefined))
      .once('end', () => end(undefined));
  });
}

/** A power cut: the cable first, so that no peer gets a FIN, then SIGKILL of everything on the host. */
export async function killHost(lab: LabDescription, host: LabHost): Promise<void> {
  await setLink(lab, host, 'down');
  await killNamespace(host.namespace);
}

/** Power is back: /run and /tmp are empty, no guest runs, the cable is plugged in. */
export async function reviveHost(lab: LabDescription, host: LabHost): Promise<void> {
  await setLink(lab, host, 'up');
  await bootHost(lab, host);
}

/** Runs a command on the host as root and returns whatever came of it. `deadlineMs` also ends it on the host. */
export function tryOnHost(
  host: LabHost,
  command: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const init = initOf(host);
  if (init === undefined)
    throw new LabError(
      `${host.name} is dead, so \`${command.join(' ')}\` cannot be run on it. \`revive\` it first.`,
    );
  const deadlineMs = options.deadlineMs ?? 30_000;
  const entered = [
    'nsenter',
    '-t',
    String(init),
    '-m',
    '-u',
    '-i',
    '-n',
    '-p',
    '--',
    'timeout',
    '-k',
    '1',
    String(deadlineMs / 1000),
  ];
  return tryProgram([...entered, ...command], {
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' },
    ...options,
    cwd: '/',
    deadlineMs: deadlineMs + 3000,
  });
}

/** Runs a command on the host as root; its standard output, or LabError with what it said when it fails. */
export async function onHost(
  host: LabHost,
  command: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const result = await tryOnHost(host, command, options);
  if (result.exitCode === 0) return result.stdout;
  const words = result.stderr.trim() || result.stdout.trim() || 'it said nothing';
  throw new LabError(`\`${command.join(' ')}\` on ${host.name} ended with ${result.exitCode}: ${words}`);
}

/** virsh's connection to the host's libvirt, whatever its socket is called. */
export const libvirtUri = (host: LabHost): string =>
  host.modularSocket ? `qemu:///system?socket=/run/libvirt/${socketName(host)}` : 'qemu:///system';

const stopPatienceSeconds = 8;

/**
 * Ends libvirtd (SIGKILL when `force`); running guests go on without it. One that does not end by itself, as between
 * the phases of a migration, is killed, which is what systemd does with it.
 */
export async function stopLibvirt(host: LabHost, force = false): Promise<void> {
  const wait = 'while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done';
  const ask = `kill -TERM "$pid"; timeout ${stopPatienceSeconds} tail --pid="$pid" -f /dev/null || true;`;
  const script = `pid=$(cat /run/libvirtd.pid) || exit 1; ${force ? '' : ask} kill -KILL "$pid" 2>/dev/null; ${wait}`;
  await onHost(host, ['sh', '-c', script]);
}

export async function startLibvirt(host: LabHost): Promise<void> {
  const rename = host.modularSocket
    ? ` && mv ${insideHost.libvirtSocket} /run/libvirt/${socketName(host)}`
    : '';
  await onHost(host, ['sh', '-c', `/usr/sbin/libvirtd -d${rename}`]);
}

/** Where root on the workstation finds the host's libvirt socket. */
export const libvirtSocketOutside = (folder: string, modular: boolean): string =>
  join(folder, 'run/libvirt', modular ? 'virtqemud-sock' : 'libvirt-sock');

/** Keeps what libvirt found out about QEMU on this host, which takes seconds, for other hosts and the next lab. */
export async function keepProbe(host: LabHost, cache: string): Promise<void> {
  const target = join(cache, 'capabilities');
  await onHost(host, ['virsh', '-c', libvirtUri(host), 'capabilities']);
  const fresh = `${target}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  await runProgram(['cp', '-rp', join(host.folder, 'var/cache/libvirt/qemu/capabilities'), fresh]);
  await rm(target, { recursive: true, force: true });
  await runProgram(['mv', '-T', fresh, target]);
}
