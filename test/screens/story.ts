import type { DroverClient } from '#shared/contract/client.ts';
import type { ClusterId, HostId, TaskId, VmId } from '#shared/model/ids.ts';
import type { LiveState } from '#shared/model/live.ts';
import { hasEnded, type Task } from '#shared/model/task.ts';
import type { VmAction } from '#shared/model/vmAction.ts';

/** What the pictures are about, by the ids that the addresses of the pages hold. */
export interface Story {
  readonly clusterId: ClusterId;
  readonly hostId: HostId;
  readonly vmId: VmId;
  readonly finishedMigration: TaskId;
  readonly migrationUnderWay: TaskId;
  readonly failedTask: TaskId;
}

const patienceMs = 180_000;
const historyMs = 12 * 60_000;
const why = 'Maintenance of server-a';

/**
 * A quarter of an hour in a simulated cluster of a fixed seed: a migration finished and one under way, one VM in each
 * state, a task that failed. Then its clock stands, so that every picture is of the same moment.
 */
export async function tellStory(client: DroverClient): Promise<Story> {
  const cluster = await client.clusters.addSimulated({ scenario: 'two-servers', seed: 7 });
  const clock = (wanted: { readonly rate?: number; readonly paused?: boolean }) =>
    client.clusters.setClock({ clusterId: cluster.id, ...wanted });
  const find = async (name: string) => named((await client.live.snapshot()).vms, name);
  const act = async (name: string, action: VmAction) =>
    await untilEnded(client, (await client.vms.act({ vmId: (await find(name)).id, action, why })).taskId);

  await clock({ rate: 60 });
  await untilMeasured(client);
  // What is done by real processes beside it wants a clock that is not far ahead of them.
  await clock({ rate: 1 });
  const finished = await migrate(client, 'database-01', 'server-b');
  await untilSucceeded(client, finished);
  await clock({ rate: 10 });
  // Its guest asks the person before it first.
  const failed = await act('desktop-01', { verb: 'shut-down', patienceSeconds: 60, whenIgnored: 'report' });
  for (const [name, verb] of [
    ['web-02', 'pause'],
    ['batch-01', 'suspend'],
    ['web-01', 'force-off'],
  ] as const)
    await untilSucceeded(client, (await act(name, { verb })).id);
  await clock({ rate: 1 });
  await defineJobs(client);
  // The one whose memory changes nearly as fast as it is copied: many rounds.
  const underWay = await migrate(client, 'cache-01', 'server-b');
  await untilTask(client, underWay, 'copies memory anew', (task) => roundsOf(task) >= 3);
  await clock({ paused: true });
  const state = await client.live.snapshot();
  return {
    clusterId: cluster.id,
    hostId: named(state.hosts, 'server-b').id,
    vmId: named(state.vms, 'database-01').id,
    finishedMigration: finished,
    migrationUnderWay: underWay,
    failedTask: failed.id,
  };
}

/** For pictures of what moves, or is asked of a guest. */
export async function goOn(client: DroverClient, { clusterId }: Story): Promise<void> {
  await client.clusters.setClock({ clusterId, rate: 1, paused: false });
}

/** Inactive ones, of which the last has the disk of a VM that runs: it cannot be started. */
async function defineJobs(client: DroverClient): Promise<void> {
  const { vms, hosts } = await client.live.snapshot();
  const taken = named(vms, 'database-01').disks[0]?.source;
  if (taken === undefined) throw new Error('database-01 has no disk');
  for (const number of [1, 2, 3, 4]) {
    const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${taken}'/><target dev='vda' bus='virtio'/></disk>`;
    const xml = `<domain type='kvm'><name>job-0${number}</name><memory unit='MiB'>512</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices>${number === 4 ? disk : ''}</devices></domain>`;
    const { taskId } = await client.vms.define({ hostId: named(hosts, 'server-b').id, xml });
    await untilSucceeded(client, taskId);
  }
}

async function migrate(client: DroverClient, vm: string, host: string): Promise<TaskId> {
  const { vms, hosts } = await client.live.snapshot();
  const options = { copyStorage: false, autoConverge: false, postCopy: false };
  const request = { vmId: named(vms, vm).id, toHostId: named(hosts, host).id, options };
  return (await client.migrations.start({ request })).taskId;
}

const roundsOf = (task: Task): number => task.progress?.migration?.rounds.length ?? 0;

const untilEnded = (client: DroverClient, id: TaskId): Promise<Task> =>
  untilTask(client, id, 'ends', (task) => hasEnded(task.state));

async function untilSucceeded(client: DroverClient, id: TaskId): Promise<void> {
  const { state, title, outcome, error } = await untilEnded(client, id);
  if (state !== 'succeeded') throw new Error(`${title}: ${state}. ${error?.message ?? outcome ?? ''}`);
}

async function untilTask(
  client: DroverClient,
  id: TaskId,
  what: string,
  fits: (task: Task) => boolean,
): Promise<Task> {
  await until(client, `the task ${id} ${what}`, ({ tasks }) =>
    tasks.some((task) => task.id === id && fits(task)),
  );
  return await client.tasks.get({ taskId: id });
}

async function until(client: DroverClient, what: string, fits: (state: LiveState) => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!fits(await client.live.snapshot())) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The hosts' measurements reach back so far by the cluster's clock. */
async function untilMeasured(client: DroverClient): Promise<void> {
  let began: number | undefined;
  for await (const { hosts } of await client.live.samples()) {
    began ??= hosts.at;
    if (hosts.at - began > historyMs) return;
  }
}

function named<Each extends { readonly name: string }>(all: readonly Each[], name: string): Each {
  const found = all.find((each) => each.name === name);
  if (found === undefined)
    throw new Error(`there is no ${name} among ${all.map((each) => each.name).join(', ')}`);
  return found;
}
