// A Drover in a process of its own, so that it can really be killed: starts one migration and tells how far it is.
import { z } from 'zod';
import { migrationRequestSchema } from '#shared/model/migration.ts';
import { startBackend } from '../../electron/backend/backend.ts';
import { migrationPhases } from '../../electron/backend/migration/environment.ts';

export const droverProcessSchema = z.object({
  dataFolder: z.string(),
  request: migrationRequestSchema,
  phase: z.enum(migrationPhases),
  moment: z.enum(['before', 'after']),
});

const input = droverProcessSchema.parse(JSON.parse(process.argv[2] ?? ''));
const toldMs = 50;
let isThere = false;
const backend = await startBackend({
  dataFolder: input.dataFolder,
  mode: 'command',
  onPhase: async (phase, moment) => {
    if (phase !== input.phase || moment !== input.moment || isThere) return;
    isThere = true;
    // The destination is to have been told that it may start the guest.
    if (phase === 'post-copy' && moment === 'after')
      await new Promise((resolve) => setTimeout(resolve, toldMs));
    console.log('THERE');
    // Goes no further: whoever listens strikes now.
    await new Promise(() => undefined);
  },
});
const client = backend.client({ who: 'tester@there', via: 'command' });
for (;;) {
  const { hosts, vms } = await client.live.snapshot();
  const vm = vms.find((each) => each.id === input.request.vmId);
  const isReady = hosts.every((host) => host.connection.state === 'connected');
  if (isReady && vm?.current === true && vm.state === 'active') break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
await client.migrations.start({ request: input.request });
