import { DroverError, type ErrorCode, toErrorData } from '#shared/contract/errors.ts';
import type { MigrationArguments } from '../migrationArguments.ts';

interface Meaning {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly cause: (input: MigrationArguments) => string;
  readonly next: string;
}

/** What libvirt and QEMU say (libvirt 9.0, QEMU 7.2), and what it means. The first that fits counts. */
const meanings: readonly Meaning[] = [
  {
    pattern: /unable to connect to server|no route to host|network is unreachable|connection timed out/i,
    code: 'migration-port-closed',
    cause: ({ fromHostName, toHostName, destinationAddress }) =>
      `${fromHostName} cannot connect to ${toHostName} at ${destinationAddress}, where the memory is to go`,
    next: 'Open the migration ports (49152 to 49215 unless qemu.conf says otherwise) between the two hosts',
  },
  {
    pattern: /unable to find any unused port/i,
    code: 'migration-port-closed',
    cause: ({ toHostName }) => `all migration ports of ${toHostName} are in use`,
    next: 'Wait for other migrations to it to end, or widen migration_port_max in its qemu.conf',
  },
  {
    pattern: /cannot allocate memory|cannot set up guest memory|insufficient memory|out of memory/i,
    code: 'no-room',
    cause: ({ vmName, toHostName }) => `${toHostName} has not enough free memory for ${vmName}`,
    next: 'Free memory there or choose another host',
  },
  {
    pattern: /no space left on device/i,
    code: 'no-room',
    cause: ({ toHostName }) => `the storage of ${toHostName} is full`,
    next: 'Free some space there or choose another host',
  },
  {
    pattern:
      /guest cpu doesn't match|cpu (?:is )?incompatible|host cpu does(?:n't| not) (?:provide|support)|requested features|missing features|unsupported cpu|features? (?:is|are) not (?:supported|available)/i,
    code: 'cpu-incompatible',
    cause: ({ vmName, toHostName }) => `the CPU of ${toHostName} lacks what ${vmName} was started with`,
    next: 'Choose a host with the same or a newer CPU',
  },
  {
    pattern:
      /cannot access (?:storage|backing)|could not open|failed to get .*lock|no such file or directory.*(?:img|qcow2|raw|iso)/i,
    code: 'storage-missing',
    cause: ({ vmName, toHostName }) => `${toHostName} cannot open a disk of ${vmName}`,
    next: 'Check that it sees the disks, or copy them as well (--copy-storage)',
  },
  {
    pattern: /cannot get interface|no such device|network not found|network '.*' is not active/i,
    code: 'network-missing',
    cause: ({ vmName, toHostName }) => `${toHostName} has not the network that ${vmName} is joined to`,
    next: 'Make the bridge or start the network there',
  },
  {
    pattern: /unsupported machine type|unsupported configuration|not supported/i,
    code: 'migration-failed',
    cause: ({ toHostName }) => `${toHostName} cannot run a VM like this one`,
    next: 'Choose a host with the same or a newer QEMU',
  },
];

/** Prepare was refused: nothing had begun to move. */
export function prepareFailure(input: MigrationArguments, thrown: unknown): unknown {
  return toErrorData(thrown).code === 'libvirt-refused' ? named(input, thrown) : thrown;
}

/** The transfer broke. libvirt's own words stay in the details. */
export function performFailure(input: MigrationArguments, thrown: unknown, cancelled: boolean): unknown {
  if (isSilence(thrown)) return connectionLost(input, input.fromHostName, thrown);
  if (cancelled) {
    const tried = triedOf(input);
    return new DroverError({ code: 'cancelled', tried, cause: 'it was cancelled', source: thrown });
  }
  return toErrorData(thrown).code === 'bug' ? thrown : named(input, thrown);
}

/** The destination would not start it, or its answer was lost. */
export function finishFailure(input: MigrationArguments, thrown: unknown): unknown {
  const { code } = toErrorData(thrown);
  if (isSilence(thrown)) return connectionLost(input, input.toHostName, thrown);
  // Said in our own words already, or not the host's doing at all.
  return code === 'migration-failed' || code === 'bug' ? thrown : named(input, thrown);
}

const silences: readonly ErrorCode[] = ['connection-lost', 'timed-out', 'host-unreachable'];

function isSilence(thrown: unknown): boolean {
  return silences.includes(toErrorData(thrown).code);
}

export function connectionLost(input: MigrationArguments, hostName: string, source?: unknown): DroverError {
  return new DroverError({
    code: 'migration-failed',
    tried: triedOf(input),
    cause: `the connection to ${hostName} was lost on the way`,
    next: 'Try again when both hosts answer',
    ...(source === undefined ? {} : { details: { hostSaid: toErrorData(source).message }, source }),
  });
}

/** In post-copy: without its source the guest waits for pages that may never come. */
export function sourceLost(input: MigrationArguments): DroverError {
  return new DroverError({
    code: 'migration-failed',
    tried: triedOf(input),
    cause: `${input.fromHostName}, where part of its memory is, stopped answering in the middle of post-copy`,
    next: `Bring ${input.fromHostName} back`,
  });
}

/** The destination's session is gone, and with it the copy that waited there. */
export function destinationLost(input: MigrationArguments): DroverError {
  return new DroverError({
    code: 'migration-failed',
    tried: triedOf(input),
    cause: `the connection to ${input.toHostName} was lost, and with it what had arrived there`,
    next: `Try again when ${input.toHostName} answers`,
  });
}

function named(input: MigrationArguments, thrown: unknown): DroverError {
  const { message, details } = toErrorData(thrown);
  const text = libvirtText(thrown) ?? message;
  const meaning = meanings.find(({ pattern }) => pattern.test(text));
  return new DroverError({
    code: meaning?.code ?? 'migration-failed',
    tried: triedOf(input),
    cause: meaning === undefined ? text : `${meaning.cause(input)} (libvirt says: ${text})`,
    next: meaning?.next ?? "Look at the VM's log in /var/log/libvirt/qemu on both hosts",
    details: { ...details, libvirtText: text },
    source: thrown,
  });
}

/** As libvirt said it, without what Drover's message puts around it. */
function libvirtText(thrown: unknown): string | undefined {
  const marker = 'libvirt answered: ';
  const { message } = toErrorData(thrown);
  const at = message.indexOf(marker);
  return at < 0
    ? undefined
    : message
        .slice(at + marker.length)
        .trim()
        .replace(/\.$/, '');
}

function triedOf(input: MigrationArguments): string {
  return `Migrate ${input.vmName} from ${input.fromHostName} to ${input.toHostName}`;
}
