import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDroverError } from '#shared/contract/client.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { MigrationStage } from './migrationStage.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());
const mebibyte = 1_048_576;

/** What a choice is for is seen to happen on real hosts, and not only that it was asked for. */
describe.skipIf(reason !== undefined)('the means of a real migration', () => {
  let lab: Lab;
  let stage: MigrationStage;

  beforeAll(async () => {
    lab = await startLab({
      name: 'mig-means',
      hosts: 2,
      guests: [
        { name: 'busy', host: 'host-a', memoryMiB: 128, dirtyMiB: 40, dirtyRateMiBPerSecond: 4 },
        { name: 'cached', host: 'host-a', cache: 'writeback' },
      ],
    });
    stage = await MigrationStage.open(lab);
  });

  afterAll(async () => {
    await stage?.close();
    await lab?.down();
  });

  it('refuses a disk whose writes its host may hold back, and leaves it running there', async () => {
    expect(await stage.begin('cached', 'host-b').catch(toDroverError)).toMatchObject({
      code: 'storage-not-shared',
      message: expect.stringMatching(/disk vda has the cache mode writeback.*Set cache='none' on the disk/),
    });
    expect(await stage.sightings('cached')).toEqual(['host-a running']);
  });

  it('sends no faster than the cap, and faster without one', async () => {
    const capped = await stage.migrate('busy', 'host-b', { bandwidthMiBPerSecond: 8, maxDowntimeMs: 1000 });
    expect(capped).toMatchObject({ state: 'succeeded' });
    const free = await stage.migrate('busy', 'host-a');
    expect(free).toMatchObject({ state: 'succeeded' });
    const rate = ({ migration }: typeof capped) =>
      (migration?.memoryBytes ?? 0) / mebibyte / ((migration?.transferMs ?? 0) / 1000);
    console.log(`capped ${rate(capped).toFixed(1)} MiB/s, free ${rate(free).toFixed(1)} MiB/s`);
    expect(capped.migration?.memoryBytes).toBeGreaterThan(30 * mebibyte);
    // What is sent while the guest stands still is not held back: at most the allowed second's worth.
    expect(rate(capped)).toBeLessThan(8 * 1.25);
    expect(rate(free)).toBeGreaterThan(rate(capped));
  });

  it('slows a guest down that rewrites its memory faster than it can be sent', async () => {
    await lab.setLoad('busy', 40, 60);
    const taskId = await stage.begin('busy', 'host-b', { bandwidthMiBPerSecond: 16, autoConverge: true });
    const throttle = async () => {
      const { progress } = await stage.client.tasks.get({ taskId });
      return progress?.migration?.throttlePercent ?? 0;
    };
    const first = await stage.until(
      'the guest to be slowed down',
      async () => (await throttle()) || undefined,
    );
    await stage.until(`it to be slowed down by more than ${first} %`, async () =>
      (await throttle()) > first ? true : undefined,
    );
    await stage.client.tasks.cancel({ taskId });
    expect(await stage.ended(taskId)).toMatchObject({ state: 'cancelled' });
    expect(await stage.sightings('busy')).toEqual(['host-a running']);
  });

  it('copies a disk without a base whole: every byte of it is at the destination', async () => {
    await lab.defineGuest('host-a', { name: 'whole', storage: 'local' });
    const path = lab.guest('whole').disk ?? '';
    await lab.exec('host-a', ['qemu-img', 'create', '-q', '-f', 'qcow2', path, '64M']);
    const pattern = '0x5a 3M 20M';
    await lab.exec('host-a', ['qemu-io', '-f', 'qcow2', '-c', `write -P ${pattern}`, path]);
    await lab.startGuest('whole');

    const task = await stage.migrate('whole', 'host-b', { copyStorage: true });
    expect(task).toMatchObject({ state: 'succeeded' });
    expect(task.migration?.diskBytes).toBeGreaterThanOrEqual(20 * mebibyte);
    expect(await stage.sightings('whole')).toEqual(['host-b running']);
    const info = JSON.parse(
      await lab.exec('host-b', ['qemu-img', 'info', '-U', '--output=json', path]),
    ) as unknown;
    expect(info).toMatchObject({ format: 'qcow2', 'virtual-size': 64 * mebibyte });
    expect(info).not.toHaveProperty('backing-filename');
    const read = await lab.exec('host-b', [
      'qemu-io',
      '-r',
      '-U',
      '-f',
      'qcow2',
      '-c',
      `read -P ${pattern}`,
      path,
    ]);
    expect(read).toMatch(/read 20971520\/20971520 bytes/);
    expect(read).not.toMatch(/Pattern verification failed/);
  });
});
