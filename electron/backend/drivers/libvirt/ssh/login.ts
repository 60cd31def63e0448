import type { Duplex } from 'node:stream';
import type {
  AnyAuthMethod,
  AuthenticationType,
  NextAuthHandler,
  ServerHostKeyAlgorithm,
  Client as Ssh2Client,
} from 'ssh2';
import { DroverError } from '#shared/contract/errors.ts';
import type { Authentication } from './authentication.ts';
import { cancelledError, formatSeconds, type PausableDeadline, startDeadline } from './deadline.ts';
import type { HostKeyDecision } from './hostKeys.ts';
import { fingerprintOf } from './knownHosts.ts';
import { Client } from './ssh2Library.ts';
import { formatCause } from './tellCause.ts';

export interface LoginInput {
  /** A connection to the host's port; the login owns it from now on. */
  readonly stream: Duplex;
  readonly user: string;
  /** "Log in to ann@server-b:22". */
  readonly tried: string;
  readonly keyAlgorithms: readonly string[];
  readonly decideHostKey: (key: Buffer) => HostKeyDecision;
  readonly authentication: Authentication;
  /** Told at once, for those who ask questions meanwhile. */
  readonly onBegin: (under: LoginUnderWay) => void;
  readonly deadlineMs: number;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveCount: number;
  readonly signal: AbortSignal;
}

export interface LoginUnderWay {
  /** Stands still while a person thinks. */
  readonly deadline: PausableDeadline;
  /** Ends the login with this error; nothing more is sent to the host. */
  readonly fail: (error: unknown) => void;
}

export type LoginResult =
  | {
      readonly kind: 'in';
      readonly client: Ssh2Client;
      readonly hostKey: Buffer;
      readonly recordKey: boolean;
    }
  /** The key is not known; nothing was sent. Ask, then log in anew (a person may take longer than sshd waits). */
  | { readonly kind: 'ask-about-key'; readonly key: Buffer }
  | { readonly kind: 'other-than-pinned'; readonly key: Buffer };

/** One handshake and login with ssh2 over an open stream. */
export function login(input: LoginInput): Promise<LoginResult> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const state: LoginState = {
      hostKey: undefined,
      decision: undefined,
      greeting: '',
      refused: undefined,
      lastError: undefined,
    };
    const deadline = startDeadline(input.deadlineMs, () => fail(silentHost(input, state)));
    const collectGreeting = (chunk: Buffer): void => {
      if (state.greeting.length < maxGreeting) state.greeting += chunk.toString('latin1');
      // RFC 4253 (4.2) lets a server say something before its version, but not on and on.
      if (state.greeting.length >= maxGreeting && !isSshGreeting(state)) finishUnsuccessfully();
    };

    const settle = (): void => {
      deadline.end();
      input.signal.removeEventListener('abort', onAbort);
      input.stream.removeListener('data', collectGreeting);
      client.removeAllListeners();
    };
    const leave = (): void => {
      settle();
      // Late complaints of a connection already given up.
      client.on('error', () => {});
      client.end();
      input.stream.on('error', () => {});
      input.stream.destroy();
    };
    const fail = (error: unknown): void => {
      leave();
      reject(error);
    };
    input.onBegin({ deadline, fail });
    const onAbort = (): void => fail(cancelledError(input.tried));
    const finishUnsuccessfully = (): void => {
      const { decision, hostKey } = state;
      if (decision?.kind === 'refuse') return fail(decision.error);
      if (hostKey !== undefined && (decision?.kind === 'ask' || decision?.kind === 'other-than-pinned')) {
        leave();
        return resolve({
          kind: decision.kind === 'ask' ? 'ask-about-key' : 'other-than-pinned',
          key: hostKey,
        });
      }
      fail(toLoginError(input, state));
    };

    client.on('error', (error: Error & { level?: string }) => {
      // One key that could not sign: ssh2 goes on to the next by itself.
      if (error.level === 'agent') return;
      state.lastError = error;
      finishUnsuccessfully();
    });
    client.on('close', finishUnsuccessfully);
    client.on('ready', () => {
      const { hostKey, decision } = state;
      if (hostKey === undefined || decision?.kind !== 'accept') {
        return fail(new Error('ssh2 finished a login without having shown the host key'));
      }
      input.authentication.succeeded();
      settle();
      resolve({ kind: 'in', client, hostKey, recordKey: decision.record });
    });
    // The list is null the first time, whatever the types say.
    const offerNext = async (
      methodsLeft: AuthenticationType[] | null,
      next: NextAuthHandler,
    ): Promise<void> => {
      let method: AnyAuthMethod | undefined;
      try {
        method = await input.authentication.next(methodsLeft);
      } catch (error) {
        return fail(error);
      }
      if (method !== undefined) return next(method);
      state.refused = input.authentication.refusal(input.tried);
      finishUnsuccessfully();
    };
    if (input.signal.aborted) return onAbort();
    input.signal.addEventListener('abort', onAbort, { once: true });

    client.connect({
      sock: input.stream,
      username: input.user,
      // Its own clock would also count the time a person takes to answer.
      readyTimeout: 0,
      keepaliveInterval: input.keepaliveIntervalMs,
      keepaliveCountMax: input.keepaliveCount,
      // Other servers than OpenSSH may forward UNIX sockets too; they are asked rather than judged by name.
      strictVendor: false,
      algorithms: { serverHostKey: input.keyAlgorithms.filter(isHostKeyAlgorithm) },
      // Without this ssh2 takes any key. Called again at each re-keying, when only the same key will do.
      hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
        if (state.hostKey === undefined) {
          state.hostKey = Buffer.from(key);
          state.decision = input.decideHostKey(state.hostKey);
        }
        verify(state.decision?.kind === 'accept' && state.hostKey.equals(key));
      },
      authHandler: (methodsLeft, _partialSuccess, next) => void offerNext(methodsLeft, next),
    });
    // After connect, which pauses the stream: a listener before that would set it flowing and lose the first bytes.
    input.stream.on('data', collectGreeting);
  });
}

const maxGreeting = 1024;

function isSshGreeting(state: LoginState): boolean {
  return state.greeting.includes('SSH-');
}

interface LoginState {
  hostKey: Buffer | undefined;
  decision: HostKeyDecision | undefined;
  /** The first bytes the other side sent. */
  greeting: string;
  refused: DroverError | undefined;
  lastError: (Error & { level?: string }) | undefined;
}

function toLoginError(input: LoginInput, state: LoginState): DroverError {
  if (state.refused) return state.refused;
  const error = state.lastError;
  const { tried } = input;
  if (!isSshGreeting(state)) return beforeHandshake(tried, state, error);
  if (error instanceof DroverError) return error;
  if (
    state.decision?.kind === 'accept' &&
    error !== undefined &&
    /authentication failures/i.test(error.message)
  ) {
    return input.authentication.refusal(tried, error.message);
  }
  if (error?.level === 'handshake') {
    return new DroverError({
      code: 'not-ssh',
      tried,
      cause: `the host and Drover could not agree on how to encrypt (${error.message}); the host is "${firstLine(state.greeting)}"`,
      next: 'Update sshd on the host, or allow current algorithms in its sshd_config',
      source: error,
    });
  }
  return new DroverError({
    code: 'connection-lost',
    tried,
    cause: `the host ended the connection before the login was done${error ? ` (${formatCause(error)})` : ''}`,
    next: "Look at the host's own log: journalctl -u ssh",
    source: error,
  });
}

function beforeHandshake(tried: string, state: LoginState, error: Error | undefined): DroverError {
  if (error instanceof DroverError && state.greeting === '') return error;
  if (state.greeting !== '') {
    return new DroverError({
      code: 'not-ssh',
      tried,
      cause: `what listens there is no SSH server: it answered "${firstLine(state.greeting)}"`,
      next: "Check the port; sshd's is usually 22",
      source: error,
    });
  }
  return new DroverError({
    code: 'connection-lost',
    tried,
    cause: 'the connection was accepted and closed again without a word',
    next: 'Check that an SSH server listens on this port, and that it does not turn this workstation away (MaxStartups, fail2ban, hosts.deny)',
    source: error,
  });
}

function silentHost(input: LoginInput, state: LoginState): DroverError {
  const after = formatSeconds(input.deadlineMs);
  if (state.greeting === '') {
    return new DroverError({
      code: 'not-ssh',
      tried: input.tried,
      cause: `the connection was accepted, but nothing that speaks SSH answered within ${after}`,
      next: "Check the port; sshd's is usually 22",
    });
  }
  if (!isSshGreeting(state)) return beforeHandshake(input.tried, state, undefined);
  return new DroverError({
    code: 'timed-out',
    tried: input.tried,
    cause: `the host ${state.hostKey ? `with the key ${fingerprintOf(state.hostKey)} ` : ''}did not finish the login within ${after}`,
    next: "Look at the host's load and its own log: journalctl -u ssh",
  });
}

function firstLine(text: string): string {
  return (text.split(/[\r\n]/)[0] ?? '').replace(/[^\x20-\x7e]/g, '.').slice(0, 80);
}

/** The list comes from ssh2 itself; its types name the same ones. */
function isHostKeyAlgorithm(name: string): name is ServerHostKeyAlgorithm {
  return /^(ssh-|ecdsa-|rsa-)/.test(name);
}
