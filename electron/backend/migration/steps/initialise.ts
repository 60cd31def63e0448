import { DroverError } from '#shared/contract/errors.ts';
import { openStamps } from '../diskStamps.ts';
import { requireDriver, returnToSource } from '../ends.ts';
import { holdSessions, settingsOf } from '../environment.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';

/** Step 0: connections of its own on both hosts, the precondition once more, and the source's word (Begin). */
export const initialise = defineStation({
  station: 'initialise',
  memo: stationMemoSchema,
  detail: (input) => `Asking ${input.fromHostName} for ${input.vmName}'s definition`,
  async do(context, input) {
    const { environment } = context;
    const tried = `Migrate ${input.vmName} to ${input.toHostName}`;
    const from = requireDriver(context, input.fromHostId, input.fromHostName, tried);
    const to = requireDriver(context, input.toHostId, input.toHostName, tried);
    const [here, there] = await Promise.all([from.domains.state(input.uuid), to.domains.state(input.uuid)]);
    if (here?.state !== 'active') {
      throw new DroverError({
        code: 'precondition-changed',
        tried,
        cause: `it is ${here?.state ?? 'no longer'} on ${input.fromHostName}, and only an active VM can be moved live`,
        next: 'Look at the VM and plan anew',
      });
    }
    if (there !== undefined && there.state !== 'inactive') {
      throw new DroverError({
        code: 'precondition-changed',
        tried,
        cause: `${input.toHostName} has a copy of it that is ${there.state}`,
        next: 'Resolve that copy first, and plan anew',
      });
    }
    const settings = settingsOf(input);
    environment.settings = settings;
    const destination = await to.migration.openDestination();
    const source = await from.migration.openSource(input.uuid).catch(async (thrown: unknown) => {
      await destination.close();
      throw thrown;
    });
    holdSessions(environment, source, destination);
    await environment.onPhase('begin', 'before');
    environment.begun = await source.begin(settings);
    await environment.onPhase('begin', 'after');
    await openStamps(context, input);
    return {};
  },
  /** Nothing was made on either host but what Begin noted at the source, which the session's end takes away. */
  undo: (context, input) => returnToSource(context, input, 'before-finish'),
  probe: async (_context, input) => ({
    verdict: 'not-done',
    finding: `${input.vmName} was left on ${input.fromHostName}; nothing had been changed.`,
  }),
});
