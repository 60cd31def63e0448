import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDroverError } from '#shared/contract/client.ts';
import { hasEnded } from '#shared/model/task.ts';
import type { MigrationSettings } from '../../electron/backend/drivers/migration.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { MigrationStage } from './migrationStage.ts';
import { type OpenHosts, openHosts } from './openHosts.ts';

const reason = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());

describe.skipIf(reason !== undefined)('resuming on real hosts', () => {
  let lab: Lab;
  let stage: MigrationStage;
  let others: OpenHosts;

  beforeAll(async () => {
    lab = await startLab({
      name: 'resume',
      hosts: 2,
      guests: [
        { name: 'plain', host: 'host-a' },
        { name: 'moved', host: 'host-a' },
        { name: 'left', host: 'host-a' },
      ],
    });
    stage = await MigrationStage.open(lab);
    others = openHosts(lab);
  });

  afterAll(async () => {
    await stage?.close();
    await others?.close();
    await lab?.down();
  });

  const known = async (guest: string) =>
    (await stage.client.live.snapshot()).vms.find((vm) => vm.name === guest);

  const paused = (guest: string, why: string) =>
    stage.until(`${guest} to be paused (${why})`, async () => {
      const vm = await known(guest);
      return vm?.state === 'paused' && vm.reason === why && vm.current ? vm : undefined;
    });

  async function resume(guest: string) {
    const vm = await known(guest);
    if (vm === undefined) throw new Error(`Drover knows no ${guest}`);
    const { taskId } = await stage.client.vms.act({ action: { verb: 'resume' }, vmId: vm.id });
    return await stage.until('the resume to end', async () => {
      const task = await stage.client.tasks.get({ taskId });
      return hasEnded(task.state) ? task : undefined;
    });
  }

  /**
   * Another program's move, given up when all memory was sent: its connection to the source is gone, so the guest
   * stands still there, and the incoming copy waits on the other host for as long as that connection holds.
   */
  async function leaveInTheMiddle(guest: string): Promise<() => Promise<void>> {
    const { uuid } = lab.guest(guest);
    const [from, to] = [others.open('host-a'), others.open('host-b')];
    await Promise.all([from.connected(), to.connected()]);
    const settings: MigrationSettings = {
      domainName: guest,
      copyStorage: 'none',
      copyDisks: [],
      autoConverge: false,
      postCopy: false,
      resumePostCopy: false,
      unsafe: true,
      destinationAddress: lab.host('host-b').address,
    };
    const source = await from.migration.openSource(uuid);
    const destination = await to.migration.openDestination();
    const { cookie, xml } = await source.begin(settings);
    const prepared = await destination.prepare(settings, { cookie, xml });
    await source.perform(settings, { ...prepared, xml });
    await source.close();
    return async () => {
      await destination.close();
      await Promise.all([from.close(), to.close()]);
    };
  }

  it('lets a VM go on that somebody paused', async () => {
    await stage.vm('plain');
    await lab.virsh('host-a', ['suspend', 'plain']);
    await paused('plain', 'user');
    expect(await resume('plain')).toMatchObject({
      state: 'succeeded',
      outcome: 'plain runs on host-a.',
      requestedBy: { via: 'command' },
    });
    expect(await stage.sightings('plain')).toEqual(['host-a running']);
    expect(await lab.ask('plain', 5000)).toBeDefined();
  });

  it('asks the other host first where a migration left it paused, and refuses while there is a copy', async () => {
    await stage.vm('moved');
    const end = await leaveInTheMiddle('moved');
    await stage.until('both copies to be seen', async () => {
      const vm = await known('moved');
      return vm?.state === 'paused' && vm.copies.length === 1 ? vm : undefined;
    });
    const refused = await resume('moved');
    expect(refused).toMatchObject({
      state: 'failed',
      error: {
        code: 'refused-by-rule',
        message: expect.stringMatching(/has a copy of it that is paused; two running copies would corrupt/),
      },
    });
    expect(await stage.sightings('moved')).toEqual(['host-a paused', 'host-b paused']);
    // Its connection gone, the incoming copy goes too; then nothing is in the way.
    await end();
    await stage.until('the copy to be gone', async () => {
      const vm = await known('moved');
      return vm?.copies.length === 0 ? true : undefined;
    });
    await paused('moved', 'migration');
    expect(await resume('moved')).toMatchObject({ state: 'succeeded', outcome: 'moved runs on host-a.' });
    expect(await stage.sightings('moved')).toEqual(['host-a running']);
    expect(await lab.ask('moved', 5000)).toBeDefined();
  });

  it('refuses while the other host is silent, until that is declared dead', async () => {
    await stage.vm('left');
    const end = await leaveInTheMiddle('left');
    await end();
    await stage.until('the copy to be gone', async () =>
      (await stage.sightings('left')).join() === 'host-a paused' ? true : undefined,
    );
    await paused('left', 'migration');
    await lab.kill('host-b');
    stage.distance('host-b').lose();
    const hostId = await stage.hostId('host-b');
    await stage.until('host-b to be known as silent', async () => {
      const { hosts } = await stage.client.live.snapshot();
      return hosts.find((host) => host.id === hostId)?.connection.state === 'unreachable' ? true : undefined;
    });
    expect(await resume('left').catch(toDroverError)).toMatchObject({
      code: 'refused-by-rule',
      message: expect.stringMatching(
        /left was paused by a migration and may run on host-b, which has not been asked\. Reconnect host-b, or declare it dead/,
      ),
    });
    expect(await stage.sightings('left')).toEqual(['host-a paused']);
    await stage.client.hosts.declareDead({ hostId, dead: true });
    expect(await resume('left')).toMatchObject({ state: 'succeeded', outcome: 'left runs on host-a.' });
    expect(await stage.sightings('left')).toEqual(['host-a running']);
    expect(await lab.ask('left', 5000)).toBeDefined();
  });
});
