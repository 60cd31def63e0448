import { z } from 'zod';
import { requireDriver, returnToSource } from '../ends.ts';
import { defineStation, stationMemoSchema } from './defineStep.ts';
import { required } from './required.ts';

const createdFactSchema = z.object({ created: z.string() });

/** Step 1: empty images where disks are copied, and an incoming copy that waits on the destination (Prepare). */
export const reserve = defineStation({
  station: 'reserve',
  memo: stationMemoSchema,
  detail: (input) => `Reserving room for ${input.vmName} on ${input.toHostName}`,
  async do(context, input) {
    const { environment } = context;
    const to = requireDriver(context, input.toHostId, input.toHostName, `Reserve room for ${input.vmName}`);
    for (const image of input.createImages) {
      // Known to be absent when planned; made with no-clobber, so what is removed on the way back is surely ours.
      await to.storage.createImage(image);
      await context.journal({ created: image.path });
    }
    await environment.onPhase('prepare', 'before');
    environment.prepared = await required(environment.destination).prepare(
      required(environment.settings),
      required(environment.begun),
    );
    await environment.onPhase('prepare', 'after');
    return {};
  },
  async undo(context, input) {
    await returnToSource(context, input, 'before-finish');
    const to = requireDriver(
      context,
      input.toHostId,
      input.toHostName,
      `Remove what was reserved for ${input.vmName}`,
    );
    for (const path of context
      .facts()
      .flatMap((fact) => createdFactSchema.safeParse(fact).data?.created ?? [])) {
      await to.storage.removeImage(path);
    }
  },
  probe: async (_context, input) => ({
    verdict: 'not-done',
    finding: `${input.vmName} runs on ${input.fromHostName}; its memory had not begun to move.`,
  }),
});
