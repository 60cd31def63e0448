import { z } from 'zod';
import type { MigrationStation } from '#shared/model/migration.ts';
import type { ProbeVerdict, StepKind } from '../../tasks/step.ts';
import type { MigrationContext } from '../ends.ts';
import type { MigrationEnvironment } from '../environment.ts';
import { type MigrationArguments, migrationArgumentsSchema } from '../migrationArguments.ts';
import { atStation } from '../progress.ts';
import { showProgress } from '../showProgress.ts';

/** What every station leaves: how long it took. */
export const stationMemoSchema = z.object({ durationMs: z.number() });
export type StationMemo = z.infer<typeof stationMemoSchema>;

interface Station<Memo extends StationMemo> {
  readonly station: MigrationStation;
  readonly memo: z.ZodType<Memo>;
  /** What is happening, in a sentence. */
  readonly detail: (input: MigrationArguments) => string;
  readonly do: (context: MigrationContext, input: MigrationArguments) => Promise<Omit<Memo, 'durationMs'>>;
  readonly undo: (context: MigrationContext, input: MigrationArguments) => Promise<void>;
  readonly probe: (
    context: MigrationContext,
    input: MigrationArguments,
    facts: readonly unknown[],
  ) => Promise<ProbeVerdict>;
}

/** One of the six stations as a step of the runner: parsed arguments in, its time measured, its picture shown. */
export function defineStation<Memo extends StationMemo>(
  station: Station<Memo>,
): StepKind<MigrationEnvironment, unknown, unknown> {
  return {
    kind: `migration.${station.station}`,
    arguments: migrationArgumentsSchema,
    memo: station.memo,
    async do(context, raw) {
      const input = migrationArgumentsSchema.parse(raw);
      const { environment } = context;
      const began = environment.clock.elapsed();
      environment.stationStartedAt = began;
      environment.progress = atStation(
        environment.progress,
        station.station,
        Math.round(began - environment.startedAt),
      );
      showProgress(context, station.detail(input));
      const left = await station.do(context, input);
      return { ...left, durationMs: Math.round(environment.clock.elapsed() - began) };
    },
    undo: (context, raw) => station.undo(context, migrationArgumentsSchema.parse(raw)),
    probe: (context, raw, facts) => station.probe(context, migrationArgumentsSchema.parse(raw), facts),
  };
}
