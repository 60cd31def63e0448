import type { AnyAuthMethod, AuthenticationType, KeyboardInteractiveAuthMethod, Prompt } from 'ssh2';
import { DroverError, type ErrorCode } from '#shared/contract/errors.ts';
import { findKeyFiles, type KeyFile, type Unlocking, unlock } from './keyFiles.ts';
import { createKeyRing, type KeyRecord } from './keyRing.ts';
import { ask, askForSecret, asksForPassword, type SshPrompter } from './prompter.ts';
import type { SecretKey } from './secretMemory.ts';
import type { SshSurroundings } from './surroundings.ts';
import { describeTarget, type LoginTarget } from './target.ts';

export interface AuthenticationInput {
  readonly target: LoginTarget;
  readonly surroundings: SshSurroundings;
  /** Absent: nobody to ask. */
  readonly prompter: SshPrompter | undefined;
  readonly keyFiles: readonly string[];
  readonly signal: AbortSignal;
}

export interface Authentication {
  /** What to try next, given what the host said to the last try; undefined when there is nothing left. */
  next(methodsLeft: readonly AuthenticationType[] | null): Promise<AnyAuthMethod | undefined>;
  /** The host said yes: what was typed for it may be remembered for the session. */
  succeeded(): void;
  /** The refusal, naming what was tried and what the host takes. `hostSays` is its own last word, if it had one. */
  refusal(tried: string, hostSays?: string): DroverError;
}

const PASSWORD_ATTEMPTS = 3;

/** What was tried, for the refusal. Never holds a secret. */
interface Attempts {
  readonly tried: string[];
  readonly keys: KeyRecord;
  offered: readonly AuthenticationType[];
  /** Set when an answer was wanted and nobody gave one. */
  unanswered: { readonly code: ErrorCode; readonly cause: string } | undefined;
  /** What to remember once the host has said yes. */
  typedPassword: string | undefined;
  /** The remembered password was tried in this login. */
  recalled: boolean;
  /** How often a person was asked for the password by a question of the host. */
  passwordQuestions: number;
}

export function createAuthentication(input: AuthenticationInput): Authentication {
  const attempts: Attempts = {
    tried: [],
    keys: { offered: [], locked: [], signed: false },
    offered: [],
    unanswered: undefined,
    typedPassword: undefined,
    recalled: false,
    passwordQuestions: 0,
  };
  const passwordKey = passwordKeyOf(input.target);
  const plan = inOrder(input, attempts, passwordKey);
  return {
    async next(methodsLeft) {
      if (methodsLeft) attempts.offered = methodsLeft;
      const step = await plan.next(methodsLeft ?? []);
      return step.done ? undefined : step.value;
    },
    succeeded() {
      if (attempts.typedPassword !== undefined)
        input.surroundings.secrets.remember(passwordKey, attempts.typedPassword);
    },
    refusal: (tried, hostSays) => refusal(input.target, attempts, tried, hostSays),
  };
}

export function passwordKeyOf(target: LoginTarget): SecretKey {
  return `password:${describeTarget(target)}`;
}

type Plan = AsyncGenerator<AnyAuthMethod, undefined, readonly AuthenticationType[]>;

const ORDER = ['publickey', 'keyboard-interactive', 'password'] as const;

/**
 * The order of OpenSSH: nothing, keys, questions, password. A host may want several in a row (a key and then a code):
 * the list it sends back after each says what is still wanted, and each kind is gone through once.
 */
async function* inOrder(input: AuthenticationInput, attempts: Attempts, passwordKey: SecretKey): Plan {
  let wanted = yield { type: 'none', username: input.target.user };
  const done = new Set<AuthenticationType>();
  for (;;) {
    const method = ORDER.find((each) => wanted.includes(each) && !done.has(each));
    if (method === undefined) return undefined;
    done.add(method);
    switch (method) {
      case 'publickey':
        wanted = yield* tryKeys(input, attempts, wanted);
        break;
      case 'keyboard-interactive':
        wanted = yield* tryQuestions(input, attempts, passwordKey, wanted);
        // What was refused as an answer would be refused again as a password.
        if (attempts.tried.includes(ANSWERS) && wanted.includes(method)) done.add('password');
        break;
      case 'password':
        wanted = yield* tryPassword(input, attempts, passwordKey, wanted);
        break;
      default:
        method satisfies never;
    }
  }
}

async function* tryKeys(
  input: AuthenticationInput,
  attempts: Attempts,
  wanted: readonly AuthenticationType[],
) {
  const { target, surroundings } = input;
  const found = await findKeyFiles(target, input.keyFiles, surroundings);
  attempts.tried.push(...found.unusable);
  const unlocking: Unlocking = {
    secrets: surroundings.secrets,
    prompter: input.prompter,
    question: { host: target.name, address: describeTarget(target) },
    signal: input.signal,
  };
  const ring = await createKeyRing({
    files: found.files,
    agent: target.agent,
    identitiesOnly: target.identitiesOnly,
    unlocking,
    record: attempts.keys,
    agentFailed: (reason) => attempts.tried.push(reason),
  });
  if (ring.size > 0) {
    yield { type: 'agent', username: target.user, agent: ring } satisfies AnyAuthMethod;
    // ssh2 keeps to itself what the host says to an agent's keys. Once one has signed, the host may have taken it and
    // want more, so it is asked again; "none" changes nothing there.
    if (attempts.keys.signed) wanted = yield { type: 'none', username: target.user } satisfies AnyAuthMethod;
  }
  for (const file of found.files) {
    if (!wanted.includes('publickey')) break;
    if (file.publicKey === undefined) wanted = yield* tryOldKey(file, target, unlocking, attempts, wanted);
  }
  noteLockedKeys(attempts);
  return wanted;
}

/** A key whose public half is not known before it is unlocked. */
async function* tryOldKey(
  file: KeyFile,
  target: LoginTarget,
  unlocking: Unlocking,
  attempts: Attempts,
  wanted: readonly AuthenticationType[],
) {
  const unlocked = await unlock(file, unlocking);
  if (unlocked.kind !== 'open') {
    const reason = unlocked.kind === 'locked' ? unlocked.reason : 'it holds only the public half';
    attempts.keys.locked.push({ key: file.path, reason });
    return wanted;
  }
  attempts.keys.offered.push(file.path);
  const left: readonly AuthenticationType[] = yield {
    type: 'publickey',
    username: target.user,
    key: unlocked.key,
  } satisfies AnyAuthMethod;
  return left;
}

function noteLockedKeys(attempts: Attempts): void {
  const [locked] = attempts.keys.locked;
  if (locked === undefined) return;
  attempts.unanswered = {
    code: 'passphrase-needed',
    cause: `the host takes the key ${locked.key}, but ${locked.reason}`,
  };
}

/**
 * What is remembered, once a login: asked for a second time, it was refused. Only then is it forgotten, so that a login
 * that breaks off loses nothing.
 */
function recallOnce(
  { surroundings }: AuthenticationInput,
  attempts: Attempts,
  passwordKey: SecretKey,
): string | undefined {
  const remembered = surroundings.secrets.recall(passwordKey);
  if (remembered === undefined) return undefined;
  if (attempts.recalled) {
    surroundings.secrets.forget(passwordKey);
    return undefined;
  }
  attempts.recalled = true;
  attempts.typedPassword = remembered;
  return remembered;
}

/** What the host did not take so far, for the person it now asks. */
function refusedSoFar(attempts: Attempts): readonly string[] {
  return [
    ...(attempts.keys.signed ? [] : attempts.keys.offered.map((key) => `the key ${key}`)),
    ...(attempts.recalled ? ['the password it was given before'] : []),
  ];
}

const ANSWERS = 'answers to its questions';
const PASSWORD = 'password';

async function* tryQuestions(
  input: AuthenticationInput,
  attempts: Attempts,
  passwordKey: SecretKey,
  wanted: readonly AuthenticationType[],
) {
  const state = { answered: false, declined: false, given: 0 };
  for (
    let attempt = 1;
    attempt <= PASSWORD_ATTEMPTS && wanted.includes('keyboard-interactive');
    attempt += 1
  ) {
    state.answered = false;
    state.given = 0;
    wanted = yield {
      type: 'keyboard-interactive',
      username: input.target.user,
      prompt: (name, instructions, _language, prompts, finish) => {
        const questions = { name, instructions, prompts, attempt, answered: state.given };
        answerQuestions(input, attempts, passwordKey, questions).then(
          (answers) => {
            state.answered ||= answers !== undefined;
            state.declined ||= answers === undefined;
            if (!asksForPassword(askable(prompts))) state.given += prompts.length;
            finish([...(answers ?? prompts.map(() => ''))]);
          },
          // The login is being torn down, and nobody waits for these answers: none must reach the host.
          () => {},
        );
      },
    } satisfies KeyboardInteractiveAuthMethod;
    if (state.answered) attempts.tried.push(ANSWERS);
    if (state.declined || !state.answered) break;
  }
  return wanted;
}

interface Questions {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: readonly Prompt[];
  readonly attempt: number;
  readonly answered: number;
}

function askable(prompts: readonly Prompt[]) {
  return prompts.map((each) => ({ text: each.prompt.trim(), echo: each.echo === true }));
}

async function answerQuestions(
  input: AuthenticationInput,
  attempts: Attempts,
  passwordKey: SecretKey,
  questions: Questions,
): Promise<readonly string[] | undefined> {
  const { target, prompter } = input;
  const prompts = askable(questions.prompts);
  const isPassword = asksForPassword(prompts);
  const refused = refusedSoFar(attempts);
  const remembered = isPassword ? recallOnce(input, attempts, passwordKey) : undefined;
  if (remembered !== undefined) return [remembered];
  if (isPassword) attempts.passwordQuestions += 1;
  if (prompter === undefined) {
    attempts.unanswered = {
      code: isPassword ? 'password-needed' : 'answers-needed',
      cause: `the host asks ${prompts.map((each) => `"${each.text}"`).join(', ')} and nobody is there to answer`,
    };
    return undefined;
  }
  const answer = await ask(
    prompter,
    {
      kind: 'keyboard-interactive',
      host: target.name,
      address: describeTarget(target),
      user: target.user,
      name: questions.name,
      instructions: questions.instructions,
      prompts,
      attempt: isPassword ? attempts.passwordQuestions : questions.attempt,
      answered: questions.answered,
      refused,
      text: [questions.name, questions.instructions, ...prompts.map((each) => each.text)]
        .filter(Boolean)
        .join('\n'),
    },
    input.signal,
  );
  const answers =
    answer?.kind === 'answers' ? answer.answers : answer?.kind === 'secret' ? [answer.secret] : undefined;
  if (answers === undefined) {
    attempts.unanswered = { code: 'login-refused', cause: "the host's questions were not answered" };
  } else if (isPassword) {
    attempts.typedPassword = answers[0];
  }
  return answers;
}

async function* tryPassword(
  input: AuthenticationInput,
  attempts: Attempts,
  passwordKey: SecretKey,
  wanted: readonly AuthenticationType[],
) {
  const { target, surroundings, prompter } = input;
  const username = target.user;
  const remembered = recallOnce(input, attempts, passwordKey);
  if (remembered !== undefined) {
    wanted = yield { type: 'password', username, password: remembered } satisfies AnyAuthMethod;
    attempts.tried.push(PASSWORD);
    if (wanted.includes('password')) surroundings.secrets.forget(passwordKey);
  }
  if (prompter === undefined) {
    if (wanted.includes('password')) {
      attempts.unanswered ??= {
        code: 'password-needed',
        cause: 'the host wants a password and nobody is there to give it',
      };
    }
    return wanted;
  }
  for (let attempt = 1; attempt <= PASSWORD_ATTEMPTS && wanted.includes('password'); attempt += 1) {
    const again = attempt === 1 ? '' : 'The host did not take that password. ';
    const password = await askForSecret(
      prompter,
      {
        kind: 'password',
        host: target.name,
        address: describeTarget(target),
        user: username,
        attempt,
        refused: refusedSoFar(attempts),
        text: `${again}Password of ${describeTarget(target)}`,
      },
      input.signal,
    );
    if (password === undefined) {
      attempts.unanswered ??= { code: 'login-refused', cause: 'no password was given' };
      break;
    }
    attempts.typedPassword = password;
    wanted = yield { type: 'password', username, password } satisfies AnyAuthMethod;
    attempts.tried.push(PASSWORD);
  }
  return wanted;
}

function refusal(target: LoginTarget, attempts: Attempts, tried: string, hostSays?: string): DroverError {
  const keys = attempts.keys.offered.map((key) => `key ${key}`);
  const all = [...keys, ...countRepeats(attempts.tried)];
  const triedText = all.length === 0 ? 'there was no key to try' : `tried ${all.join(', ')}`;
  const takes = attempts.offered.length === 0 ? '' : `; the host takes ${attempts.offered.join(', ')}`;
  const says = hostSays === undefined ? '' : `; it said "${hostSays}"`;
  const unanswered = attempts.unanswered;
  return new DroverError({
    code: unanswered?.code ?? 'login-refused',
    tried,
    cause:
      unanswered === undefined
        ? `the host let nobody in as ${target.user}: ${triedText}${takes}${says}`
        : `${unanswered.cause}; ${triedText}${takes}${says}`,
    next: nextStep(target, attempts, hostSays),
    details: { methods: attempts.offered.join(','), tried: all.join('; '), user: target.user },
  });
}

function nextStep(target: LoginTarget, attempts: Attempts, hostSays: string | undefined): string {
  if (hostSays !== undefined && /too many authentication failures/i.test(hostSays)) {
    return 'Name the one right key for this host, with IdentityFile and IdentitiesOnly in ~/.ssh/config or as its key file';
  }
  switch (attempts.unanswered?.code) {
    case 'passphrase-needed':
      return 'Give the passphrase, or load the key into the agent with ssh-add';
    case 'password-needed':
      return 'Give the password, or put a key of yours on the host with ssh-copy-id';
    case 'answers-needed':
      return 'Log in where its questions can be answered';
    default:
      return `Check the user name, and that one of these keys stands in ~/.ssh/authorized_keys of ${target.user} there (ssh-copy-id puts it there)`;
  }
}

function countRepeats(tried: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const each of tried) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].map(([each, count]) => (count === 1 ? each : `${each} (${count} times)`));
}
