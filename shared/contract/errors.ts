import { z } from 'zod';

/** The closed list. A client may decide by the code; people read the message. */
export const errorCodes = [
  // reaching a host
  'address-unusable',
  'host-unreachable',
  'connection-refused',
  'name-not-resolved',
  'not-ssh',
  'timed-out',
  'connection-lost',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'login-refused',
  'password-needed',
  'passphrase-needed',
  'answers-needed',
  'ssh-config-unusable',
  'key-file-unusable',
  // libvirt on it
  'libvirt-missing',
  'libvirt-stopped',
  'libvirt-no-rights',
  'libvirt-refused',
  'protocol-broken',
  'program-missing',
  // what was asked for
  'input-unusable',
  'not-found',
  'name-ambiguous',
  'already-exists',
  'same-host',
  'refused-by-rule',
  'claimed',
  'no-room',
  'cpu-incompatible',
  'storage-not-shared',
  'storage-missing',
  'network-missing',
  'storage-refused',
  'migration-port-closed',
  'migration-failed',
  'guest-ignored',
  'undecided',
  'vm-lost',
  'vm-not-running',
  'console-missing',
  'console-busy',
  'cancelled',
  'cancel-refused',
  'precondition-changed',
  'interrupted',
  // simulated worlds
  'scenario-unknown',
  'scenario-unusable',
  'world-unusable',
  'world-stopped',
  // Drover itself
  'data-folder-busy',
  'data-folder-unusable',
  'disk-full',
  /** history.db was damaged and has begun anew. */
  'history-lost',
  'backend-stopped',
  'not-authorised',
  'bug',
] as const;

export const errorCodeSchema = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/**
 * An error as data, as it crosses every wall and is kept in the journal. `message` is whole by itself: object,
 * what was tried, cause and what to do next. `details` are facts for programs (a fingerprint, libvirt's code).
 */
export const errorDataSchema = z
  .object({
    code: errorCodeSchema,
    message: z.string(),
    /** What to do next, one sentence; also the end of `message`. */
    next: z.string().optional(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .readonly();
export type ErrorData = z.infer<typeof errorDataSchema>;

export interface DroverErrorInput {
  readonly code: ErrorCode;
  /** What was tried, on which object: "Connect to host server-b (10.0.0.2:22)". No full stop. */
  readonly tried: string;
  /** Why it failed: "the port is closed". No full stop. */
  readonly cause: string;
  /** What to do: "Check that sshd runs there". No full stop. */
  readonly next?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly source?: unknown;
}

/** An expected failure. Bugs are ordinary Errors. */
export class DroverError extends Error {
  readonly code: ErrorCode;
  readonly next: string | undefined;
  readonly details: Readonly<Record<string, string | number | boolean>> | undefined;

  constructor(input: DroverErrorInput) {
    const next = input.next === undefined ? '' : ` ${sentence(input.next)}`;
    super(
      `${input.tried}: ${sentence(input.cause)}${next}`,
      input.source === undefined ? {} : { cause: input.source },
    );
    this.name = 'DroverError';
    this.code = input.code;
    this.next = input.next === undefined ? undefined : sentence(input.next);
    this.details = input.details;
  }

  static fromData(data: ErrorData): DroverError {
    const error = new DroverError({ code: data.code, tried: '', cause: '' });
    error.message = data.message;
    return Object.assign(error, { next: data.next, details: data.details });
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.next === undefined ? {} : { next: this.next }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** Anything thrown, as data. What is not a DroverError is a bug and says so; its text is kept for the report. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof DroverError) return thrown.toData();
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'bug',
    message: `Drover met something it did not expect: ${sentence(text)} Please report this with the task's log.`,
    next: "Please report this with the task's log.",
  };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) || trimmed === '' ? trimmed : `${trimmed}.`;
}

/** Throws `cancelled` where whoever asked has withdrawn the question meanwhile. */
export function throwIfWithdrawn(signal: { readonly aborted: boolean } | undefined, tried: string): void {
  if (signal?.aborted !== true) return;
  throw new DroverError({ code: 'cancelled', tried, cause: 'the question was withdrawn' });
}
