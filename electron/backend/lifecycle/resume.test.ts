import { describe, expect, it } from 'vitest';
import { type HostId, taskId } from '#shared/model/ids.ts';
import { someHost, someVm } from '#shared/testing/nouns.ts';
import { FakeHosts, fakeDomain } from '../drivers/testing/fakeHosts.ts';
import type { MigrationHosts } from '../migration/environment.ts';
import { planResume, resumeTaskKind } from './resume.ts';

const home = someHost('server-a');
const other = someHost('server-b');

describe('a VM that a migration left paused', () => {
  it('is not resumed where a host that may run it was removed meanwhile', async () => {
    const cloud = new FakeHosts();
    const vm = someVm('web-01', home, { state: 'paused', reason: 'migration' });
    const paused = fakeDomain(vm.uuid, vm.name, { state: 'paused', reason: 'migration' });
    cloud.host('ssh://root@server-a').put(paused);
    const known = new Set<HostId>([home.id, other.id]);
    const hosts: MigrationHosts = {
      driver: (id) => (known.has(id) ? cloud.host(`ssh://root@${id}`).driver() : undefined),
      declaredDead: () => false,
      clusterMates: () => [],
      arrived: () => undefined,
      look: async () => undefined,
      watch: () => () => undefined,
    };
    const plan = planResume({ clusters: [], hosts: [home, other], vms: [vm], claims: [] }, vm.id);
    const [step] = resumeTaskKind({ hosts }).steps;
    const run = async () =>
      await step?.do(
        {
          environment: { hosts },
          taskId: taskId('task-1'),
          signal: new AbortController().signal,
          memo: () => undefined,
          facts: () => [],
          journal: async () => undefined,
          progress: () => undefined,
          log: () => undefined,
          refuseCancel: () => undefined,
        },
        plan.steps[0]?.arguments,
      );
    known.delete(other.id);
    await expect(run()).rejects.toMatchObject({
      code: 'precondition-changed',
      message: expect.stringMatching(/server-b.*was removed from Drover meanwhile and cannot be asked/),
    });
    expect(cloud.host('ssh://root@server-a').domains.get(vm.uuid)?.state).toBe('paused');
    known.add(other.id);
    await run();
    expect(cloud.host('ssh://root@server-a').domains.get(vm.uuid)?.state).toBe('active');
  });
});
