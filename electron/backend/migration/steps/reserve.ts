import { askDestinationPatiently, type MigrationContext, requireDriver, returnToSource } from '../ends.ts';
import { leftFact } from '../leftover.ts';
import { mayKnow } from '../outcome.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { prepareFailure } from './phaseFailure.ts';
import { heldDestination, required } from './required.ts';

/** Step 1: empty images where disks are copied, and an incoming copy that waits on the destination (Prepare). */
export const reserve = defineStation({
  station: 'reserve',
  memo: stationMemoSchema,
  detail: (input) => `Reserving room for ${input.vmName} on ${input.toHostName}`,
  async do(context, input) {
    const { environment } = context;
    const tried = `Reserve room for ${input.vmName} on ${input.toHostName}`;
    const to = requireDriver(context, input.toHostId, input.toHostName, tried);
    for (const image of input.createImages) await to.storage.createImage(image, tokenOf(context));
    await environment.onPhase('prepare', 'before');
    try {
      environment.prepared = await heldDestination(context, input).prepare(
        required(environment.settings),
        required(environment.begun),
      );
    } catch (thrown) {
      throw prepareFailure(input, thrown);
    }
    await environment.onPhase('prepare', 'after');
    return {};
  },
  async undo(context, input) {
    const there = await askDestinationPatiently(context, input);
    await returnToSource(context, input, 'before-finish');
    if (mayKnow(there)) {
      // Whatever waits there is for the task that follows.
      await context.journal(leftFact);
      return;
    }
    if (input.createImages.length === 0) return;
    const tried = `Remove the empty images made for ${input.vmName}`;
    const to = requireDriver(context, input.toHostId, input.toHostName, tried);
    for (const image of input.createImages) await to.storage.removeImage(image.path, tokenOf(context));
  },
  probe: async (_context, input) => ({
    verdict: 'not-done',
    finding: `${input.vmName} was left on ${input.fromHostName}; its memory had not begun to move.`,
  }),
});

/** What makes an image ours, also for the runner that comes after a crash. */
export function tokenOf(context: MigrationContext): string {
  return context.taskId;
}
