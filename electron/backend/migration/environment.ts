import type { TaskId } from '#shared/model/ids.ts';
import type { MigrationProgress } from '#shared/model/migration.ts';
import type { MigrationJob } from '#shared/model/migrationJob.ts';
import type { Clock } from '../clock/clock.ts';
import type { DiskStamps } from '../drivers/drivers.ts';
import type {
  Cookie,
  MigrationDestination,
  MigrationSettings,
  MigrationSource,
} from '../drivers/migration.ts';
import type { TaskHosts } from '../tasks/taskHosts.ts';
import type { MigrationArguments } from './migrationArguments.ts';
import { noProgress } from './progress.ts';

/** Where tests strike: called just before and just after each of the phases. */
export type PhaseHook = (phase: MigrationPhase, moment: 'before' | 'after') => Promise<void> | void;
export const migrationPhases = [
  'begin',
  'prepare',
  'perform',
  'pre-copy',
  'switch-over',
  'post-copy',
  'finish',
  'confirm',
] as const;
export type MigrationPhase = (typeof migrationPhases)[number];

/** How the perform call ended: a value, so that nobody is needed to catch it while others look elsewhere. */
export type Performed =
  | { readonly ok: true; readonly cookie: Cookie }
  | { readonly ok: false; readonly error: unknown };

/** What the six steps share while they run. After a crash it is empty but for the hosts: sessions die with Drover. */
export interface MigrationEnvironment {
  readonly taskId: TaskId;
  readonly hosts: TaskHosts;
  readonly clock: Clock;
  readonly onPhase: PhaseHook;
  readonly startedAt: number;
  source: MigrationSource | undefined;
  destination: MigrationDestination | undefined;
  settings: MigrationSettings | undefined;
  begun: { readonly cookie: Cookie; readonly xml: string } | undefined;
  prepared: { readonly cookie: Cookie; readonly uri: string } | undefined;
  performing: Promise<Performed> | undefined;
  /** The perform call has come back, with whatever answer. */
  performed: boolean;
  performStartedAt: number | undefined;
  performEndedAt: number | undefined;
  finishedAt: number | undefined;
  finished: { readonly cookie: Cookie } | undefined;
  postCopySwitched: boolean;
  /** When the station that is under way began. */
  stationStartedAt: number;
  progress: MigrationProgress;
  /** The last figures of QEMU's own: of the transfer while it ran, then of its end. */
  completed: MigrationJob | undefined;
  stamps: DiskStamps | undefined;
  endFigures: () => void;
}

export function openEnvironment(input: {
  readonly taskId: TaskId;
  readonly hosts: TaskHosts;
  readonly clock: Clock;
  readonly onPhase: PhaseHook;
}): MigrationEnvironment {
  return {
    ...input,
    startedAt: input.clock.elapsed(),
    source: undefined,
    destination: undefined,
    settings: undefined,
    begun: undefined,
    prepared: undefined,
    performing: undefined,
    performed: false,
    performStartedAt: undefined,
    performEndedAt: undefined,
    finishedAt: undefined,
    finished: undefined,
    postCopySwitched: false,
    stationStartedAt: input.clock.elapsed(),
    progress: noProgress,
    completed: undefined,
    stamps: undefined,
    endFigures: () => undefined,
  };
}

/** Takes in the two sessions, and lets go of each when its host does. */
export function holdSessions(
  environment: MigrationEnvironment,
  source: MigrationSource,
  destination: MigrationDestination,
): void {
  environment.source = source;
  environment.destination = destination;
  environment.endFigures = source.subscribe((event) => {
    // The last figures come when the original goes, after everything else.
    if (event.kind === 'completed') environment.completed = event.job;
  });
  source.onClose(() => {
    environment.source = undefined;
  });
  destination.onClose(() => {
    environment.destination = undefined;
  });
}

/** The incoming copy hangs on a session that is open, so the destination can still be told to start it. */
export function mayFinish(environment: MigrationEnvironment): boolean {
  return environment.destination !== undefined && environment.prepared !== undefined;
}

/** The source's session is open and no perform call is under way on it: its job moves nothing. */
export function senderIdle(environment: MigrationEnvironment): boolean {
  return environment.source !== undefined && (environment.performing === undefined || environment.performed);
}

/** The source first: it must not learn of a lost destination while it could still be asked to go on. */
export async function closeEnvironment(environment: MigrationEnvironment): Promise<void> {
  const { source, destination, stamps } = environment;
  environment.endFigures();
  await source?.close();
  await destination?.close();
  await stamps?.close();
}

export function settingsOf(input: MigrationArguments): MigrationSettings {
  const { options } = input;
  return {
    domainName: input.vmName,
    copyStorage: input.copyStorage,
    copyDisks: input.copyDisks,
    autoConverge: options.autoConverge,
    postCopy: options.postCopy,
    resumePostCopy: false,
    unsafe: input.unsafe,
    destinationAddress: input.destinationAddress,
    ...(options.bandwidthMiBPerSecond === undefined
      ? {}
      : { bandwidthMiBPerSecond: options.bandwidthMiBPerSecond }),
    ...(options.maxDowntimeMs === undefined ? {} : { maxDowntimeMs: options.maxDowntimeMs }),
  };
}
