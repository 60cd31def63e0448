import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDroverError } from '#shared/contract/client.ts';
import type { Task } from '#shared/model/task.ts';
import type { Vm } from '#shared/model/vm.ts';
import { type VmAction, vmActionSchema } from '#shared/model/vmAction.ts';
import { canUse } from '#shared/rules/canAct.ts';
import { surroundingsOf } from '#shared/rules/surroundings.ts';
import { type Lab, startLab, whyNoLab } from '../lab/startLab.ts';
import { killWhenThere } from './killedDrover.ts';
import { MigrationStage } from './migrationStage.ts';

const noLab = process.env['DROVER_LAB_UNAVAILABLE'] ?? (await whyNoLab());

describe.skipIf(noLab !== undefined)("a VM's life on real hosts", () => {
  let lab: Lab;
  let stage: MigrationStage;

  beforeAll(async () => {
    lab = await startLab({
      name: 'lifecycle',
      hosts: 2,
      guests: [
        { name: 'web', host: 'host-a', dirtyMiB: 24 },
        { name: 'other', host: 'host-b' },
      ],
    });
    stage = await MigrationStage.open(lab);
  });
  afterAll(async () => {
    await stage?.close();
    await lab?.down();
  });

  /** As Drover sees it, once no task holds it. */
  const free = (name: string): Promise<Vm> =>
    stage.until(`${name} to be free`, async () => {
      const { vms } = await stage.client.live.snapshot();
      return vms.find((vm) => vm.name === name && vm.heldBy === undefined && vm.current);
    });
  const state = async (name: string) => (await free(name)).state;
  const become = (name: string, wanted: Vm['state']) =>
    stage.until(`${name} to be ${wanted}`, async () => ((await state(name)) === wanted ? true : undefined));
  const begin = async (name: string, action: Partial<VmAction> & Pick<VmAction, 'verb'>) => {
    const { id } = await free(name);
    return (await stage.client.vms.act({ vmId: id, action: vmActionSchema.parse(action) })).taskId;
  };
  const act = async (name: string, action: Partial<VmAction> & Pick<VmAction, 'verb'>): Promise<Task> =>
    await stage.ended(await begin(name, action));
  const succeed = async (name: string, action: Partial<VmAction> & Pick<VmAction, 'verb'>) => {
    const task = await act(name, action);
    expect(task, `${action.verb} ${name}: ${task.error?.message}`).toMatchObject({ state: 'succeeded' });
    return task.outcome;
  };
  const virshState = async (name: string, host = 'host-a') =>
    (await lab.virsh(host, ['domstate', name])).trim();
  const answering = async (name: string) => await stage.until(`${name} to answer`, () => lab.ask(name, 300));
  const waitingIn = (taskId: Task['id']) =>
    stage.until('the task to wait', async () => {
      const { progress } = await stage.client.tasks.get({ taskId });
      return progress?.detail.startsWith('Waiting') === true ? true : undefined;
    });

  it('pauses and resumes, suspends and restores: the guest goes on where it was', async () => {
    const before = await answering('web');
    expect(await succeed('web', { verb: 'pause' })).toBe('web is paused on host-a.');
    expect(await virshState('web')).toBe('paused');
    expect(await state('web')).toBe('paused');
    expect(await succeed('web', { verb: 'resume' })).toBe('web runs on host-a.');
    await answering('web');
    expect(await succeed('web', { verb: 'suspend' })).toMatch(/^web is suspended; its memory is on the disk/);
    expect(await virshState('web')).toBe('shut off');
    expect(await lab.virsh('host-a', ['dominfo', 'web'])).toMatch(/Managed save: +yes/);
    expect(await state('web')).toBe('suspended');
    expect(await succeed('web', { verb: 'restore' })).toBe('web goes on where it was suspended, on host-a.');
    const after = await answering('web');
    expect(after.boot).toBe(before.boot);
    expect(after.counter).toBeGreaterThan(before.counter);
    await succeed('web', { verb: 'pause' });
    await succeed('web', { verb: 'suspend' });
    expect(await succeed('web', { verb: 'discard' })).toBe('web is inactive; its saved memory is gone.');
    expect(await lab.virsh('host-a', ['dominfo', 'web'])).toMatch(/Managed save: +no/);
    expect(await succeed('web', { verb: 'start' })).toBe('web runs on host-a.');
    expect((await answering('web')).boot).not.toBe(before.boot);
  });

  it('reboots by asking, resets without, shuts down by asking, forces off without', async () => {
    const first = await answering('web');
    expect(await succeed('web', { verb: 'reboot' })).toBe('web rebooted on host-a.');
    const second = await answering('web');
    expect(second.boot).not.toBe(first.boot);
    await succeed('web', { verb: 'reset' });
    await stage.until('another boot', async () => {
      const now = await lab.ask('web', 300);
      return now !== undefined && now.boot !== second.boot ? true : undefined;
    });
    expect(await succeed('web', { verb: 'shut-down', patienceSeconds: 60 })).toMatch(
      /^web shut down within \d+ s\.$/,
    );
    expect(await virshState('web')).toBe('shut off');
    await succeed('web', { verb: 'start' });
    await answering('web');
    expect(await succeed('web', { verb: 'force-off' })).toBe('web was forced off.');
    expect(await virshState('web')).toBe('shut off');
  });

  it('renames, sets autostart, undefines and defines again from its own XML', async () => {
    await succeed('web', { verb: 'rename', name: 'site' });
    expect(await virshState('site')).toBe('shut off');
    await expect(begin('site', { verb: 'rename', name: 'other' })).rejects.toMatchObject({
      data: { code: 'already-exists' },
    });
    await succeed('site', { verb: 'rename', name: 'web' });
    await succeed('web', { verb: 'autostart', on: true });
    expect(await lab.virsh('host-a', ['dominfo', 'web'])).toMatch(/Autostart: +enable/);
    await succeed('web', { verb: 'autostart', on: false });
    const vm = await free('web');
    const { xml } = await stage.client.vms.xml({ vmId: vm.id });
    await succeed('web', { verb: 'undefine' });
    expect(await stage.sightings('web')).toEqual([]);
    const { vms } = await stage.client.live.snapshot();
    expect(vms.map((each) => each.name)).toEqual(['other']);
    const hostId = await stage.hostId('host-a');
    const again = async (text: string) =>
      await stage.ended((await stage.client.vms.define({ hostId, xml: text })).taskId);
    expect(await again(xml)).toMatchObject({
      state: 'succeeded',
      outcome: 'web is defined on host-a and inactive.',
    });
    expect((await free('web')).id).toBe(vm.id);
    const refused = await stage.client.vms.define({ hostId, xml }).catch(toDroverError);
    expect(refused).toMatchObject({ code: 'already-exists' });
    const wrong = await again(
      xml
        .replace(/<uuid>.*<\/uuid>/, '')
        .replaceAll('web<', 'wrong<')
        .replaceAll(/<(\/?)vcpu/g, '<$1vcpus'),
    );
    expect(wrong).toMatchObject({ state: 'failed', outcome: 'wrong is not defined on host-a.' });
    await succeed('web', { verb: 'start' });
    await answering('web');
  });

  it('says that a guest ignores its power button, and forces it off where that was chosen', async () => {
    await lab.setPower('web', 'ignore');
    const ignored = await act('web', { verb: 'shut-down', patienceSeconds: 2 });
    expect(ignored).toMatchObject({
      state: 'failed',
      error: { code: 'guest-ignored', next: expect.stringMatching(/ask once more, or force it off/) },
      outcome: 'web is active on host-a. Its guest was asked to shut down and may still do so.',
      steps: [{ state: 'failed' }],
    });
    const waiting = await begin('web', { verb: 'shut-down' });
    await waitingIn(waiting);
    await stage.client.tasks.cancel({ taskId: waiting });
    expect(await stage.ended(waiting)).toMatchObject({
      state: 'cancelled',
      error: { message: expect.stringMatching(/asked and may still shut down/) },
    });
    const rebooting = await begin('web', { verb: 'reboot' });
    await waitingIn(rebooting);
    await stage.client.tasks.cancel({ taskId: rebooting });
    expect(await stage.ended(rebooting)).toMatchObject({
      state: 'cancelled',
      outcome: expect.stringMatching(/asked to reboot; that it did was not seen/),
    });
    expect(await virshState('web')).toBe('running');
    expect(await succeed('web', { verb: 'shut-down', patienceSeconds: 1, whenIgnored: 'force-off' })).toBe(
      'web ignored the request for 1 s and was forced off.',
    );
    expect(await virshState('web')).toBe('shut off');
  });

  it('refuses by the rule what the rule refuses, and libvirt would too', async () => {
    for (const verb of ['pause', 'resume', 'suspend', 'restore', 'discard', 'reset'] as const) {
      const vm = await free('web');
      const around = surroundingsOf(vm, await stage.client.live.snapshot());
      const verdict = around && canUse(vm, verb, around);
      expect(verdict?.allowed).toBe(false);
      await expect(begin('web', { verb })).rejects.toMatchObject({
        message: expect.stringContaining(verdict?.allowed === false ? verdict.reason : 'a reason'),
      });
    }
  });

  it('fails cleanly where the saved memory cannot be restored, and keeps it', async () => {
    await succeed('web', { verb: 'start' });
    const before = await answering('web');
    await succeed('web', { verb: 'suspend' });
    const disk = lab.guest('web').disk ?? '';
    await lab.exec('host-a', ['mv', disk, `${disk}.away`]);
    expect(await act('web', { verb: 'restore' })).toMatchObject({
      state: 'failed',
      error: { code: 'libvirt-refused' },
      outcome: 'web is suspended on host-a.',
    });
    await lab.exec('host-a', ['mv', `${disk}.away`, disk]);
    await succeed('web', { verb: 'restore' });
    expect((await answering('web')).boot).toBe(before.boot);
  });

  /** The writer of a save stands still from its first byte on, until the returned function is called. */
  const holdSave = async (): Promise<() => Promise<void>> => {
    // Not the shell that looks for it.
    const find = "pgrep -f '[l]ibvirt_iohelper'";
    await lab.exec('host-a', [
      'sh',
      '-c',
      `(for i in $(seq 3000); do pid=$(${find}) && kill -STOP $pid && break; sleep 0.01; done) >/dev/null 2>&1 &`,
    ]);
    return async () => {
      await lab.exec('host-a', ['sh', '-c', `kill -CONT $(${find})`]);
    };
  };

  it('cancels a save: the guest goes on, and nothing is kept', async () => {
    const before = await answering('web');
    const goOn = await holdSave();
    const taskId = await begin('web', { verb: 'suspend' });
    await stage.until('bytes to be told', async () => {
      const { progress } = await stage.client.tasks.get({ taskId });
      return progress?.share !== undefined ? true : undefined;
    });
    await stage.client.tasks.cancel({ taskId });
    await goOn();
    const task = await stage.ended(taskId);
    expect(task).toMatchObject({ state: 'cancelled', outcome: expect.stringMatching(/^web is active/) });
    expect(await state('web')).toBe('active');
    expect((await answering('web')).boot).toBe(before.boot);
  });

  it('finds out what became of a save and of a request when Drover was killed meanwhile', async () => {
    const { id: vmId } = await free('web');
    const { dataFolder } = stage;
    const goOn = await holdSave();
    await stage.stop();
    await killWhenThere('lifecycleProcess.ts', { dataFolder, vmId, action: { verb: 'suspend' } });
    await stage.start();
    await goOn();
    const latest = async () => {
      const [task] = await stage.client.tasks.list({ limit: 1 });
      if (task === undefined) throw new Error('the task is not in the journal');
      return await stage.ended(task.id);
    };
    expect(await latest()).toMatchObject({ kind: 'suspend', state: 'succeeded' });
    expect(await state('web')).toBe('suspended');
    await succeed('web', { verb: 'restore' });
    await answering('web');
    await lab.setPower('web', 'ignore');
    await stage.stop();
    const action = { verb: 'shut-down', patienceSeconds: 600, whenIgnored: 'force-off' };
    await killWhenThere('lifecycleProcess.ts', { dataFolder, vmId, action });
    await stage.start();
    expect(await latest()).toMatchObject({
      state: 'failed',
      error: { code: 'interrupted' },
      outcome: 'web is active on host-a. Its guest was asked to shut down and may still do so.',
    });
  });

  it('is undecided while its host is out of reach, and resolves when it answers', async () => {
    await lab.setPower('web', 'ignore');
    const taskId = await begin('web', { verb: 'shut-down' });
    await waitingIn(taskId);
    stage.distance('host-a').lose();
    await lab.virsh('host-a', ['destroy', 'web']);
    // Undecided or back before that: a link is lost for as long as it takes to open another.
    expect(await stage.ended(taskId)).toMatchObject({
      state: 'succeeded',
      outcome: expect.stringMatching(
        /^web (is off|was asked to shut down, and forced off by somebody else)\.$/,
      ),
    });
  });

  // Every day the conformance suite's endurance asks the same of the driver.
  if (process.env['DROVER_LONG'] !== undefined) {
    it('keeps every state across a restart of libvirtd and a power cut', async () => {
      await become('other', 'active');
      for (const name of ['paused', 'saved', 'boots']) {
        await lab.defineGuest('host-b', { name, storage: 'none' });
        await become(name, 'inactive');
        await succeed(name, { verb: 'start' });
      }
      await succeed('paused', { verb: 'pause' });
      await succeed('saved', { verb: 'suspend' });
      await succeed('boots', { verb: 'autostart', on: true });
      const states = async () =>
        await Promise.all(['other', 'paused', 'saved', 'boots'].map(async (name) => await state(name)));
      expect(await states()).toEqual(['active', 'paused', 'suspended', 'active']);
      await lab.restartLibvirt('host-b');
      await stage.connected();
      expect(await states()).toEqual(['active', 'paused', 'suspended', 'active']);
      await lab.kill('host-b');
      await lab.revive('host-b');
      await stage.until('host-b to be asked again', async () => {
        const { vms } = await stage.client.live.snapshot();
        const boots = vms.find((vm) => vm.name === 'boots');
        const other = vms.find((vm) => vm.name === 'other');
        return boots?.current === true && boots.state === 'active' && other?.state === 'inactive'
          ? true
          : undefined;
      });
      expect(await states()).toEqual(['inactive', 'inactive', 'suspended', 'active']);
      await succeed('saved', { verb: 'restore' });
      await answering('saved');
    });
  }
});
