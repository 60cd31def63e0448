import type { MigrationDestination, MigrationSource } from '../../drivers/migration.ts';
import type { MigrationContext } from '../ends.ts';
import type { MigrationArguments } from '../migrationArguments.ts';
import { connectionLost } from './phaseFailure.ts';

/** What an earlier station left in the session. Its absence is a bug: the runner recovers without running `do`. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a station ran without what the one before it leaves');
  return value;
}

/** The session on the source, unless its connection was lost between two stations. @throws DroverError */
export function heldSource({ environment }: MigrationContext, input: MigrationArguments): MigrationSource {
  if (environment.source === undefined) throw connectionLost(input, input.fromHostName);
  return environment.source;
}

/** The same on the destination. @throws DroverError */
export function heldDestination(
  { environment }: MigrationContext,
  input: MigrationArguments,
): MigrationDestination {
  if (environment.destination === undefined) throw connectionLost(input, input.toHostName);
  return environment.destination;
}
