import { mkdtempSync } from 'node:fs';
import { startBackend } from '/work/main/electron/backend/backend.ts';
import { migrationOptionsSchema } from '/work/main/shared/model/migration.ts';
import { hasEnded } from '/work/main/shared/model/task.ts';
import { startLab } from '/work/main/test/lab/startLab.ts';

const lab = await startLab({
  name: 'mig-lab',
  hosts: 2,
  guests: [{ name: 'vm-1', host: 'host-a', memoryMiB: 128, dirtyMiB: 32, dirtyRateMiBPerSecond: 20 }],
});
console.log(lab.description().hosts.map((h) => [h.name, h.address]));
const dataFolder = mkdtempSync('/tmp/mig/data-');
const backend = await startBackend({
  dataFolder,
  mode: 'command',
  onPhase: (p, m) => console.log(Date.now() % 100000, p, m),
});
const client = backend.client({ who: 't@t', via: 'command' });
try {
  for (const h of lab.description().hosts) {
    await client.hosts.add({
      address: `ssh://root@${h.address}`,
      clusterName: 'lab',
      credentials: { keyFile: h.keyFile, acceptHostKey: h.hostKeys[0]!.fingerprint },
    });
  }
  const watch = await lab.watch('vm-1');
  for (let round = 0; round < 2; round++) {
    let s = await client.live.snapshot();
    while (s.vms[0]?.state !== 'active' || s.vms[0].copies.length) {
      await new Promise((r) => setTimeout(r, 100));
      s = await client.live.snapshot();
    }
    const vm = s.vms[0]!;
    const to = s.hosts.find((h) => h.id !== vm.hostId)!;
    const request = {
      vmId: vm.id,
      toHostId: to.id,
      options: migrationOptionsSchema.parse(
        round === 0 ? {} : { maxDowntimeMs: 100, bandwidthMiBPerSecond: 50, autoConverge: true },
      ),
    };
    const t0 = Date.now();
    const plan = await client.migrations.plan(request);
    console.log(
      'plan',
      Date.now() - t0,
      JSON.stringify(plan.warnings),
      plan.steps.map((s) => s.title + ' -- ' + s.reason),
    );
    const { taskId } = await client.migrations.start({ request });
    let task = await client.tasks.get({ taskId });
    while (!hasEnded(task.state)) {
      await new Promise((r) => setTimeout(r, 50));
      task = await client.tasks.get({ taskId });
    }
    console.log(
      task.state,
      task.outcome,
      task.error,
      JSON.stringify(task.migration),
      task.log.map((l) => l.text),
    );
    console.log(
      JSON.stringify(task.progress?.migration?.rounds),
      JSON.stringify(task.progress?.migration?.remaining),
    );
    console.log(await lab.sightings('vm-1'), watch.observation());
    watch.reset();
  }
} catch (e) {
  console.log(e);
} finally {
  await backend.stop();
  await lab.down();
}
