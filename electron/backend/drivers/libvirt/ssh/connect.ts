import type { Duplex } from 'node:stream';
import { DroverError } from '#shared/contract/errors.ts';
import type { SshAddress } from '#shared/model/sshAddress.ts';
import { createAuthentication, passwordKeyOf } from './authentication.ts';
import { SshConnection, type SshPurpose } from './connection.ts';
import { cancelledError } from './deadline.ts';
import {
  algorithmOrder,
  algorithmsFor,
  decideHostKey,
  offeredKeyTypes,
  readKnownHosts,
  recordHostKey,
} from './hostKeys.ts';
import { fingerprintOf, keyTypeOf } from './knownHosts.ts';
import { type LoginResult, type LoginUnderWay, login } from './login.ts';
import { ask, type SshPrompter } from './prompter.ts';
import type { SshSurroundings } from './surroundings.ts';
import { describeTarget, type LoginTarget, resolveTargets } from './target.ts';
import { openTcp } from './tcp.ts';
import { createTogether } from './together.ts';

export interface ConnectOptions {
  /** `bulk` is a second login for copies, so that they never delay control. */
  readonly purpose?: SshPurpose;
  /** Tried before all others. */
  readonly keyFiles?: readonly string[];
  /** `SHA256:...`: accept only this key of the host, and record it. */
  readonly acceptHostKey?: string;
  /** False: ask nobody, as when reconnecting in the background. Default true. */
  readonly interactive?: boolean;
  readonly connectDeadlineMs?: number;
  /** Time spent waiting for a person is not counted. */
  readonly handshakeDeadlineMs?: number;
  readonly keepaliveIntervalMs?: number;
  readonly signal?: AbortSignal;
}

const CONNECT_DEADLINE_MS = 10_000;
const HANDSHAKE_DEADLINE_MS = 20_000;
const KEEPALIVE_INTERVAL_MS = 5_000;
const KEEPALIVE_COUNT = 3;

/**
 * Logs in to a host, through its jump hosts, asking what has to be asked.
 * @throws DroverError with a code of "reaching a host"
 */
export async function connectSsh(
  address: SshAddress,
  surroundings: SshSurroundings,
  options: ConnectOptions = {},
): Promise<SshConnection> {
  const signal = options.signal ?? new AbortController().signal;
  if (signal.aborted) throw cancelledError(`Log in to ${address.host}`);
  const targets = await resolveTargets(address, surroundings);
  const opened: SshConnection[] = [];
  try {
    for (const [index, target] of targets.entries()) {
      const context = loginContext(targets, index, surroundings, options, signal);
      opened.push(await logIn(target, opened.at(-1), context));
    }
  } catch (error) {
    for (const each of opened.reverse()) await each.close();
    throw error;
  }
  const connection = opened.pop();
  if (connection === undefined) throw new Error('a chain of logins was empty');
  connection.onClose(() => {
    for (const hop of opened.reverse()) void hop.close();
  });
  await warmUp(connection, signal);
  return connection;
}

/** Passphrases stay: a key opens other hosts too. So do the passwords of jump hosts. */
export async function forgetPassword(
  address: SshAddress,
  surroundings: Omit<SshSurroundings, 'prompter'>,
): Promise<void> {
  const target = (await resolveTargets(address, surroundings)).at(-1);
  if (target !== undefined) surroundings.secrets.forget(passwordKeyOf(target));
}

interface LoginContext {
  readonly surroundings: SshSurroundings;
  readonly options: ConnectOptions;
  readonly prompter: SshPrompter | undefined;
  readonly signal: AbortSignal;
  /** "Log in to root@server-b:22", with the hop where it is one. */
  readonly tried: string;
  /** Only the host itself is pinned and given key files; jump hosts have the user's own. */
  readonly pinned: string | undefined;
  readonly keyFiles: readonly string[];
}

function loginContext(
  targets: readonly LoginTarget[],
  index: number,
  surroundings: SshSurroundings,
  options: ConnectOptions,
  signal: AbortSignal,
): LoginContext {
  const target = targets[index];
  const last = index === targets.length - 1;
  const what = target === undefined ? '' : describeTarget(target);
  const hop = `jump host ${target?.name} (${what}, hop ${index + 1} of ${targets.length - 1} on the way to ${targets.at(-1)?.name})`;
  return {
    surroundings,
    options,
    prompter: options.interactive === false ? undefined : surroundings.prompter,
    signal,
    tried: `Log in to ${last ? what : hop}`,
    pinned: last ? options.acceptHostKey : undefined,
    keyFiles: last ? (options.keyFiles ?? []) : [],
  };
}

/** Key, asking and pinning may each take one more handshake; this only bounds a host that keeps changing its mind. */
const MAX_HANDSHAKES = 8;

async function logIn(
  target: LoginTarget,
  via: SshConnection | undefined,
  context: LoginContext,
): Promise<SshConnection> {
  const seenFingerprints = new Set<string>();
  let algorithms: readonly string[] | undefined;
  let accepted: Buffer | undefined;
  for (let handshake = 1; handshake <= MAX_HANDSHAKES; handshake += 1) {
    const { stream, result } = await handshakeOnce(target, via, context, algorithms, accepted).catch(
      (error: unknown) => {
        // Other kinds of key were asked for only to find the pinned one; that the host has none is the answer.
        const isLastKind =
          algorithms !== undefined && error instanceof DroverError && error.code === 'not-ssh';
        throw isLastKind ? pinMismatch(context, seenFingerprints) : error;
      },
    );
    switch (result.kind) {
      case 'in': {
        const key = result.hostKey;
        if (result.recordKey) await recordOrLeave(target, key, context.surroundings, stream);
        return new SshConnection(result.client, stream, {
          purpose: context.options.purpose ?? 'control',
          hostName: target.name,
          address: describeTarget(target),
          hostKeyFingerprint: fingerprintOf(key),
          keepaliveSeconds: (keepaliveIntervalMs(context) * KEEPALIVE_COUNT) / 1000,
        });
      }
      case 'ask-about-key':
        await askAboutKey(target, result.key, context);
        accepted = result.key;
        algorithms = undefined;
        break;
      case 'other-than-pinned': {
        // The pinned key may be of another kind: ask the host for its other ones, one kind at a time.
        seenFingerprints.add(`${keyTypeOf(result.key)} ${fingerprintOf(result.key)}`);
        const kinds = [...seenFingerprints].map((each) => each.split(' ')[0]);
        const rest = offeredKeyTypes.filter((type) => !kinds.includes(type));
        if (rest.length === 0) throw pinMismatch(context, seenFingerprints);
        algorithms = rest.flatMap(algorithmsFor);
        break;
      }
      default:
        result satisfies never;
    }
  }
  throw pinMismatch(context, seenFingerprints);
}

async function handshakeOnce(
  target: LoginTarget,
  via: SshConnection | undefined,
  context: LoginContext,
  algorithms: readonly string[] | undefined,
  accepted: Buffer | undefined,
): Promise<{ readonly stream: Duplex; readonly result: LoginResult }> {
  const { surroundings, options, signal, tried } = context;
  const known = await readKnownHosts(target, surroundings);
  const pinned = accepted === undefined ? context.pinned : fingerprintOf(accepted);
  const stream = await openStream(target, via, context);
  let underWay: LoginUnderWay | undefined;
  const authentication = createAuthentication({
    target,
    surroundings,
    prompter: context.prompter && duringLogin(context.prompter, () => underWay),
    keyFiles: context.keyFiles,
    signal,
  });
  const result = await login({
    stream,
    user: target.user,
    tried,
    keyAlgorithms: algorithms ?? algorithmOrder(known, target),
    decideHostKey: (key) => decideHostKey(known, target, key, pinned, tried),
    authentication,
    onBegin: (begun) => {
      underWay = begun;
    },
    deadlineMs: options.handshakeDeadlineMs ?? HANDSHAKE_DEADLINE_MS,
    keepaliveIntervalMs: keepaliveIntervalMs(context),
    keepaliveCount: KEEPALIVE_COUNT,
    signal,
  });
  return { stream, result };
}

async function openStream(
  target: LoginTarget,
  via: SshConnection | undefined,
  context: LoginContext,
): Promise<Duplex> {
  const deadlineMs = context.options.connectDeadlineMs ?? CONNECT_DEADLINE_MS;
  if (via === undefined) return openTcp(target.host, target.port, deadlineMs, context.tried, context.signal);
  try {
    return await via.forwardTcp(target.host, target.port, { deadlineMs, signal: context.signal });
  } catch (error) {
    if (!(error instanceof DroverError) || error.code === 'cancelled') throw error;
    throw new DroverError({
      code: error.code === 'connection-refused' ? 'host-unreachable' : error.code,
      tried: context.tried,
      cause: `the jump host ${via.hostName} (${via.address}) could not pass it on: ${String(error.details?.hostSaid ?? error.message)}`,
      next: `Check from ${via.hostName} that ${describeTarget(target)} can be reached, and that sshd there allows TCP forwarding`,
      source: error,
    });
  }
}

function keepaliveIntervalMs(context: LoginContext): number {
  return context.options.keepaliveIntervalMs ?? KEEPALIVE_INTERVAL_MS;
}

/** A prompter that lets the login's deadline stand still while a person thinks, and whose failure is the login's. */
function duringLogin(prompter: SshPrompter, underWay: () => LoginUnderWay | undefined): SshPrompter {
  return {
    async ask(question, signal) {
      const resume = underWay()?.deadline.pause();
      try {
        return await prompter.ask(question, signal);
      } catch (error) {
        underWay()?.fail(error);
        throw error;
      } finally {
        resume?.();
      }
    },
  };
}

const askTogether = createTogether<void>();

/** Shows the fingerprint of an unknown key once; resolves when it was accepted and recorded. */
function askAboutKey(target: LoginTarget, key: Buffer, context: LoginContext): Promise<void> {
  const fingerprint = fingerprintOf(key);
  const keyType = keyTypeOf(key);
  const { prompter, surroundings, tried } = context;
  const details = { fingerprint, keyType };
  return askTogether(
    surroundings.secrets,
    `${target.keyName.host}:${target.keyName.port} ${fingerprint}`,
    async () => {
      // Another login may have had it accepted since this one read the files.
      const known = await readKnownHosts(target, surroundings);
      const decision = decideHostKey(known, target, key, context.pinned, tried);
      if (decision.kind === 'refuse') throw decision.error;
      if (decision.kind !== 'ask') return;
      if (prompter === undefined) {
        throw new DroverError({
          code: 'host-key-unknown',
          tried,
          cause: `its key ${keyType} ${fingerprint} is not known`,
          next: `Compare it with "ssh-keygen -lf" on the host; if it is the same, accept it (--accept-host-key ${fingerprint})`,
          details,
        });
      }
      const answer = await ask(
        prompter,
        {
          kind: 'unknown-host-key',
          host: target.name,
          address: describeTarget(target),
          keyType,
          fingerprint,
          text:
            `${describeTarget(target)} is not known yet. It shows the key ${keyType} ${fingerprint}. ` +
            'If that is the fingerprint "ssh-keygen -lf" prints on the host, this is the right machine. Trust it from now on?',
        },
        context.signal,
      );
      if (answer?.kind !== 'accept') {
        throw new DroverError({
          code: 'host-key-unknown',
          tried,
          cause: `its key ${keyType} ${fingerprint} is not known, and it was not accepted`,
          next: 'Compare the fingerprint with "ssh-keygen -lf" on the host, and connect again',
          details: { ...details, declined: true },
        });
      }
      await recordHostKey(target, key, surroundings);
    },
  );
}

function pinMismatch(context: LoginContext, shown: ReadonlySet<string>): DroverError {
  const list = [...shown].join(', ');
  return new DroverError({
    code: 'host-key-changed',
    tried: context.tried,
    cause: `the host does not have the key ${context.pinned} that was given for it${list === '' ? '' : `; it shows ${list}`}`,
    next: 'Compare with "ssh-keygen -lf" on the host; if nobody changed its key, somebody else may be answering in its place',
    details: { expected: context.pinned ?? '', shown: list },
  });
}

async function recordOrLeave(
  target: LoginTarget,
  key: Buffer,
  surroundings: SshSurroundings,
  stream: Duplex,
): Promise<void> {
  try {
    await recordHostKey(target, key, surroundings);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/**
 * sshd sets TCP_NODELAY only once a session has been opened; until then replies above about 33 kB over forwarded
 * sockets stall for 44 ms. A host that runs no commands is merely slower.
 */
async function warmUp(connection: SshConnection, signal: AbortSignal): Promise<void> {
  try {
    await connection.exec('true', { deadlineMs: 5_000, signal });
  } catch (error) {
    const reason = connection.closeReason ?? (signal.aborted ? error : undefined);
    if (reason === undefined) return;
    await connection.close();
    throw reason;
  }
}
