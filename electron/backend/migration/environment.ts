import type { HostId, TaskId } from '#shared/model/ids.ts';
import type { MigrationProgress } from '#shared/model/migration.ts';
import type { HostDriver } from '../drivers/drivers.ts';
import type {
  Cookie,
  MigrationDestination,
  MigrationJob,
  MigrationSettings,
  MigrationSource,
} from '../drivers/migration.ts';
import type { Clock } from '../tasks/clock.ts';
import type { MigrationArguments } from './migrationArguments.ts';
import { noProgress } from './progress.ts';

/** The hosts as a migration needs them: their drivers now, what the operator said of them, and when that changes. */
export interface MigrationHosts {
  driver(id: HostId): HostDriver | undefined;
  declaredDead(id: HostId): boolean;
  /** Brings the inventory up to date about one domain, before anybody hears that its task has ended. */
  look(ids: readonly HostId[], uuid: string): Promise<void>;
  /** Calls back whenever one of these answers again, is lost, or is declared dead. */
  watch(ids: readonly HostId[], changed: () => void): () => void;
}

/** Where tests strike: called just before and just after each of the phases. */
export type PhaseHook = (phase: MigrationPhase, moment: 'before' | 'after') => Promise<void> | void;
export type MigrationPhase =
  | 'begin'
  | 'prepare'
  | 'perform'
  | 'switch-over'
  | 'post-copy'
  | 'finish'
  | 'confirm';

/** How the perform call ended: a value, so that nobody is needed to catch it while others look elsewhere. */
export type Performed =
  | { readonly ok: true; readonly cookie: Cookie }
  | { readonly ok: false; readonly error: unknown };

/** What the six steps share while they run. After a crash it is empty but for the hosts: sessions die with Drover. */
export interface MigrationEnvironment {
  readonly taskId: TaskId;
  readonly hosts: MigrationHosts;
  readonly clock: Clock;
  readonly onPhase: PhaseHook;
  readonly startedAt: number;
  source: MigrationSource | undefined;
  destination: MigrationDestination | undefined;
  settings: MigrationSettings | undefined;
  begun: { readonly cookie: Cookie; readonly xml: string } | undefined;
  prepared: { readonly cookie: Cookie; readonly uri: string } | undefined;
  performing: Promise<Performed> | undefined;
  finished: { readonly cookie: Cookie } | undefined;
  postCopySwitched: boolean;
  progress: MigrationProgress;
  completed: MigrationJob | undefined;
}

export function openEnvironment(input: {
  readonly taskId: TaskId;
  readonly hosts: MigrationHosts;
  readonly clock: Clock;
  readonly onPhase: PhaseHook;
}): MigrationEnvironment {
  return {
    ...input,
    startedAt: input.clock.now(),
    source: undefined,
    destination: undefined,
    settings: undefined,
    begun: undefined,
    prepared: undefined,
    performing: undefined,
    finished: undefined,
    postCopySwitched: false,
    progress: noProgress,
    completed: undefined,
  };
}

/** The source first: it must not learn of a lost destination while it could still be asked to go on. */
export async function closeEnvironment(environment: MigrationEnvironment): Promise<void> {
  await environment.source?.close();
  await environment.destination?.close();
}

export function settingsOf(input: MigrationArguments): MigrationSettings {
  const { options } = input;
  return {
    domainName: input.vmName,
    copyStorage: input.copyStorage,
    autoConverge: options.autoConverge,
    postCopy: options.postCopy,
    unsafe: input.unsafe,
    destinationAddress: input.destinationAddress,
    ...(options.bandwidthMiBPerSecond === undefined
      ? {}
      : { bandwidthMiBPerSecond: options.bandwidthMiBPerSecond }),
    ...(options.maxDowntimeMs === undefined ? {} : { maxDowntimeMs: options.maxDowntimeMs }),
  };
}
