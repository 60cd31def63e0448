import { DroverError } from '#shared/contract/errors.ts';
import { requireDriver } from '../ends.ts';
import { settingsOf } from '../environment.ts';
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
    environment.destination = await to.migration.openDestination();
    environment.source = await from.migration.openSource(input.uuid);
    await environment.onPhase('begin', 'before');
    environment.begun = await environment.source.begin(settings);
    await environment.onPhase('begin', 'after');
    return {};
  },
  // Nothing was made on either host; closing the session ends what Begin noted at the source.
  undo: async () => undefined,
  probe: async (_context, input) => ({
    verdict: 'not-done',
    finding: `${input.vmName} runs on ${input.fromHostName}; nothing had been changed.`,
  }),
});
