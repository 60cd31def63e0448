// A Drover in a process of its own, so that it can really be killed: begins one verb and tells once it is under way.
import { z } from 'zod';
import { vmIdSchema } from '#shared/model/ids.ts';
import { vmActionSchema } from '#shared/model/vmAction.ts';
import { startBackend } from '../../electron/backend/backend.ts';

const inputSchema = z.object({ dataFolder: z.string(), vmId: vmIdSchema, action: vmActionSchema });

const input = inputSchema.parse(JSON.parse(process.argv[2] ?? ''));
const backend = await startBackend({ dataFolder: input.dataFolder, mode: 'command' });
const client = backend.client({ who: 'tester@there', via: 'command' });
const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
for (;;) {
  const { hosts, vms } = await client.live.snapshot();
  const isReady = hosts.every((host) => host.connection.state === 'connected');
  if (isReady && vms.find((each) => each.id === input.vmId)?.current === true) break;
  await pause();
}
const { taskId } = await client.vms.act({ vmId: input.vmId, action: input.action });
// The share is known once the host is at it.
while ((await client.tasks.get({ taskId })).progress?.share === undefined) await pause();
console.log('THERE');
