import { DroverError, type ErrorCode, toErrorData } from '#shared/contract/errors.ts';
import type { MigrationContext } from '../ends.ts';
import type { MigrationArguments } from '../migrationArguments.ts';

/** What libvirt and QEMU say of a transfer that broke, and what that means. */
const causes: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /unable to connect to|connection refused|no route to host|network is unreachable|timed out connecting/i,
    'migration-port-closed',
    'Open the migration ports (49152 and up) between the hosts, and try again',
  ],
  [
    /cannot allocate memory|cannot set up guest memory/i,
    'no-room',
    'Free memory on the destination or choose another host',
  ],
  [/cpu|cpuid|feature/i, 'cpu-incompatible', 'Choose a host whose CPU offers what the VM was started with'],
  [
    /failed to get .*lock|could not open|no such file/i,
    'storage-missing',
    'Check that the destination sees the disks',
  ],
  [/canceled|cancelled|aborted/i, 'cancelled', 'Start it again if it is still wanted'],
];

/** A transfer that failed, in words of its own; libvirt's text stays in the details. */
export function performFailure(
  context: MigrationContext,
  input: MigrationArguments,
  thrown: unknown,
): DroverError {
  const data = toErrorData(thrown);
  const text = String(data.details?.['libvirtText'] ?? data.message);
  const [, code, next] = causes.find(([pattern]) => pattern.test(text)) ?? [
    undefined,
    'migration-failed' as const,
    undefined,
  ];
  if (data.code === 'connection-lost' || data.code === 'timed-out') {
    return new DroverError({
      code: 'migration-failed',
      tried: `Migrate ${input.vmName} from ${input.fromHostName} to ${input.toHostName}`,
      cause: `the connection to a host was lost on the way: ${data.message}`,
      next: 'Try again when both hosts answer',
      source: thrown,
    });
  }
  return new DroverError({
    code: context.signal.aborted ? 'cancelled' : code,
    tried: `Migrate ${input.vmName} from ${input.fromHostName} to ${input.toHostName}`,
    cause: text,
    ...(next === undefined ? {} : { next }),
    details: { libvirtText: text },
    source: thrown,
  });
}
