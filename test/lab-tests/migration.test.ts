import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { MigrationStage } from './migrationStage.ts';
import { type Cost, expectOutageExplained } from './outage.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());

describe.skipIf(reason !== undefined)('a real migration', () => {
  let lab: Lab;
  let stage: MigrationStage;

  beforeAll(async () => {
    lab = await startLab({
      name: 'mig-lab',
      hosts: 2,
      guests: [
        { name: 'busy', host: 'host-a', memoryMiB: 128, dirtyMiB: 32, dirtyRateMiBPerSecond: 20 },
        { name: 'local', host: 'host-a', storage: 'local', diskMiB: 48 },
      ],
    });
    stage = await MigrationStage.open(lab);
  });

  afterAll(async () => {
    await stage?.close();
    await lab?.down();
  });

  it('moves a VM on shared storage; a TCP stream to it lives on; virsh finds it on the destination only', async () => {
    const watched = await lab.watch('busy');
    const task = await stage.migrate('busy', 'host-b');
    expect(task).toMatchObject({ state: 'succeeded', outcome: 'busy moved from host-a to host-b.' });
    expect(await stage.sightings('busy')).toEqual(['host-b running']);
    const seen = watched.stop();
    const { outageMs } = expectOutageExplained(task, seen, 'the first move');
    const result = task.migration;
    expect(result?.memoryBytes).toBeGreaterThan(30 * 1_048_576);
    expect(result?.diskBytes).toBe(0);
    expect(result?.rounds).toBeGreaterThanOrEqual(2);
    expect(result?.downtimeMs).toBeGreaterThan(0);
    expect(result?.transferMs).toBeGreaterThan(0);
    expect(result?.steps.map(({ step, station }) => `${step} ${station}`)).toEqual([
      '0 initialise',
      '1 reserve',
      '2 pre-copy',
      '3 stop-and-copy',
      '4 commit',
      '5 activate',
    ]);
    const rounds = task.progress?.migration?.rounds ?? [];
    expect(rounds.length).toBeGreaterThanOrEqual(2);
    expect(task.warnings.join(' ')).toMatch(/plaintext/);
    expect(task.warnings.join(' ')).toMatch(/unsafe/);
    console.log(JSON.stringify({ ...result, steps: undefined, outageMs, rounds }));
  });

  it('moves it twenty times back and forth; one TCP stream to it survives all of them', async () => {
    const watched = await lab.watch('busy');
    const costs: Cost[] = [];
    for (let move = 1; move <= 20; move += 1) {
      const [from, to] = move % 2 === 1 ? ['host-b', 'host-a'] : ['host-a', 'host-b'];
      watched.reset();
      const task = await stage.migrate('busy', to ?? '');
      expect(task).toMatchObject({
        state: 'succeeded',
        outcome: `busy moved from ${from} to ${to}.`,
      });
      expect(await stage.sightings('busy')).toEqual([`${to} running`]);
      costs.push(expectOutageExplained(task, watched.observation(), `move ${move}`));
    }
    watched.stop();
    console.log(
      `downtime/outage in ms: ${costs.map((cost) => `${cost.downtimeMs}/${cost.outageMs}`).join(' ')}`,
    );
  }, 300_000);

  it('moves it back with a cap, an allowed downtime and auto-converge', async () => {
    const task = await stage.migrate('busy', 'host-a', {
      bandwidthMiBPerSecond: 40,
      maxDowntimeMs: 100,
      autoConverge: true,
    });
    expect(task).toMatchObject({ state: 'succeeded' });
    expect(task.log.map((line) => line.text).join(' ')).toMatch(/allowed downtime is 100 ms/);
    expect(await stage.sightings('busy')).toEqual(['host-a running']);
  });

  it('moves it with post-copy', async () => {
    const task = await stage.migrate('busy', 'host-b', { postCopy: true, bandwidthMiBPerSecond: 40 });
    expect(task).toMatchObject({ state: 'succeeded' });
    expect(task.log.map((line) => line.text).join(' ')).toMatch(/Switched to post-copy/);
    expect(await stage.sightings('busy')).toEqual(['host-b running']);
    console.log(JSON.stringify(task.migration), JSON.stringify(task.log.map((line) => line.text)));
  });

  it('is cancelled in pre-copy: it stays where it was, running', async () => {
    const taskId = await stage.begin('busy', 'host-a', { bandwidthMiBPerSecond: 4 });
    await stage.until('memory to flow', async () => {
      const { progress } = await stage.client.tasks.get({ taskId });
      return (progress?.migration?.memorySentBytes ?? 0) > 0 ? true : undefined;
    });
    await stage.client.tasks.cancel({ taskId });
    const task = await stage.ended(taskId);
    expect(task).toMatchObject({ state: 'cancelled' });
    expect(task.error?.message).not.toMatch(/Not taken back/);
    expect(await stage.sightings('busy')).toEqual(['host-b running']);
    expect(await lab.ask('busy')).toBeDefined();
  });

  it('refuses local disks, copies them when asked to, and takes nothing that is in the way', async () => {
    await expect(stage.begin('local', 'host-b')).rejects.toThrow(/--copy-storage/);
    const task = await stage.migrate('local', 'host-b', { copyStorage: true });
    expect(task).toMatchObject({ state: 'succeeded' });
    expect(task.outcome).toMatch(/old disks are left on host-a/);
    expect(task.migration?.diskBytes).toBeGreaterThan(0);
    expect(await stage.sightings('local')).toEqual(['host-b running']);
    const { path } = lab.host('host-b').localPool;
    expect(await lab.exec('host-b', ['sh', '-c', `ls -A ${path}`])).not.toMatch(/drover/);
    // What is left at the source is in the way of coming back, and is not overwritten.
    await expect(stage.begin('local', 'host-a', { copyStorage: true })).rejects.toThrow(
      /another file.*nothing there is overwritten/,
    );
    await lab.exec('host-a', ['sh', '-c', `rm ${path}/local.qcow2`]);
    const cancelled = await stage.begin('local', 'host-a', { copyStorage: true, bandwidthMiBPerSecond: 1 });
    await stage.until('disk to flow', async () => {
      const { progress } = await stage.client.tasks.get({ taskId: cancelled });
      return progress?.migration === undefined || progress.migration.station !== 'pre-copy'
        ? undefined
        : true;
    });
    await stage.client.tasks.cancel({ taskId: cancelled });
    expect(await stage.ended(cancelled)).toMatchObject({ state: 'cancelled' });
    expect(await lab.exec('host-a', ['sh', '-c', `ls -A ${path}`])).not.toMatch(/local/);
    expect(await stage.sightings('local')).toEqual(['host-b running']);
  });
});
