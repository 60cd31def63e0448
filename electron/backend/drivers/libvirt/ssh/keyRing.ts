import type {
  BaseAgent as Agent,
  IdentityCallback,
  ParsedKey,
  SignCallback,
  SigningRequestOptions,
} from 'ssh2';
import { describeKey, type KeyFile, type Unlocked, type Unlocking, unlock } from './keyFiles.ts';
import { BaseAgent, createAgent } from './ssh2Library.ts';
import { formatCause } from './tellCause.ts';

/** What became of the keys, for the error should the host take none of them. */
export interface KeyRecord {
  readonly offered: string[];
  /** Keys the host would take, but that could not sign: locked, or refused by the agent. */
  readonly locked: { readonly key: string; readonly reason: string }[];
  /** Set once a key has signed: what the host then says may have changed what else it wants. */
  signed: boolean;
}

interface RingKey {
  readonly publicKey: ParsedKey;
  readonly label: string;
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>;
}

const AGENT_DEADLINE_MS = 5_000;

/**
 * The keys of the agent and of files as one agent for ssh2. The host is asked about each public key first, and only a
 * key it would take is unlocked: nobody types a passphrase for a key that opens nothing.
 */
export class KeyRing extends BaseAgent<ParsedKey> {
  readonly #keys: readonly RingKey[];
  readonly #record: KeyRecord;

  constructor(keys: readonly RingKey[], record: KeyRecord) {
    super();
    this.#keys = keys;
    this.#record = record;
  }

  get size(): number {
    return this.#keys.length;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.#record.offered.push(...this.#keys.map((key) => key.label));
    callback(
      null,
      this.#keys.map((key) => key.publicKey),
    );
  }

  override sign(
    publicKey: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const done = typeof options === 'function' ? options : callback;
    const hash = typeof options === 'function' ? undefined : options.hash;
    const blob = publicKey.getPublicSSH();
    const key = this.#keys.find((each) => each.publicKey.getPublicSSH().equals(blob));
    if (done === undefined || key === undefined)
      throw new Error('ssh2 asked the key ring to sign with a key it does not hold');
    void this.#sign(key, data, hash, done);
  }

  async #sign(key: RingKey, data: Buffer, hash: string | undefined, done: SignCallback): Promise<void> {
    let signature: Buffer;
    try {
      signature = await key.sign(data, hash);
    } catch (error) {
      const reason = formatCause(error);
      this.#record.locked.push({ key: key.label, reason });
      done(new Error(reason));
      return;
    }
    this.#record.signed = true;
    done(null, signature);
  }
}

export interface RingInput {
  readonly files: readonly KeyFile[];
  readonly agent: string | undefined;
  readonly identitiesOnly: boolean;
  readonly unlocking: Unlocking;
  readonly record: KeyRecord;
  /** Told of an agent that could not be asked. */
  readonly agentFailed: (reason: string) => void;
}

/** Keys of the agent that are also named as files come first, then the other files, then the rest of the agent's. */
export async function createKeyRing(input: RingInput): Promise<KeyRing> {
  const fromAgent = await agentKeys(input);
  const fileKeys = input.files.flatMap((file) => fileKey(file, input.unlocking));
  const named = new Set(input.files.flatMap((file) => (file.publicKey ? [idOf(file.publicKey)] : [])));
  const inAgent = new Set(fromAgent.map((key) => idOf(key.publicKey)));
  const ordered = [
    ...fromAgent.filter((key) => named.has(idOf(key.publicKey))),
    ...fileKeys.filter((key) => !inAgent.has(idOf(key.publicKey))),
    ...(input.identitiesOnly ? [] : fromAgent.filter((key) => !named.has(idOf(key.publicKey)))),
  ];
  return new KeyRing(ordered, input.record);
}

function idOf(key: ParsedKey): string {
  return key.getPublicSSH().toString('base64');
}

function fileKey(file: KeyFile, unlocking: Unlocking): readonly RingKey[] {
  const { publicKey } = file;
  if (publicKey === undefined || file.privateText === undefined) return [];
  return [
    {
      publicKey,
      label: `${file.path} (${describeKey(publicKey)})`,
      sign: async (data, hash) => signWith(await unlock(file, unlocking), data, hash),
    },
  ];
}

function signWith(unlocked: Unlocked, data: Buffer, hash: string | undefined): Buffer {
  switch (unlocked.kind) {
    case 'open': {
      const signature: Buffer | Error = unlocked.key.sign(data, hash);
      if (signature instanceof Error) throw signature;
      return signature;
    }
    case 'locked':
      throw new Error(`it is encrypted, and its passphrase was not given: ${unlocked.reason}`);
    case 'public-only':
      throw new Error('the file holds only the public half');
    default:
      return unlocked satisfies never;
  }
}

async function agentKeys(input: RingInput): Promise<readonly RingKey[]> {
  if (input.agent === undefined) return [];
  const agent = createAgent(input.agent);
  try {
    const keys = await identitiesOf(agent);
    return keys.map((publicKey) => ({
      publicKey,
      label: `${describeKey(publicKey)}${publicKey.comment ? ` "${publicKey.comment}"` : ''} from the agent`,
      sign: (data, hash) => agentSignature(agent, publicKey, data, hash),
    }));
  } catch (error) {
    input.agentFailed(`the agent at ${input.agent} did not answer (${formatCause(error)})`);
    return [];
  }
}

function identitiesOf(agent: Agent): Promise<readonly ParsedKey[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer within 5 s')), AGENT_DEADLINE_MS);
    agent.getIdentities((error, keys) => {
      clearTimeout(timer);
      if (error) reject(error);
      // The library's own agents give parsed keys; only agents of the caller's making give bytes.
      else resolve((keys ?? []).flatMap((key) => (isParsed(key) ? [key] : [])));
    });
  });
}

function isParsed(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'getPublicSSH' in key;
}

/** No deadline of its own: some agents ask the person to confirm, or to touch a security key. The login has one. */
function agentSignature(
  agent: Agent,
  key: ParsedKey,
  data: Buffer,
  hash: string | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done: SignCallback = (error, signature) => {
      if (signature !== undefined) resolve(signature);
      else reject(error ?? new Error('the agent gave no signature'));
    };
    agent.sign(key, data, hash === 'sha256' || hash === 'sha512' ? { hash } : {}, done);
  });
}
