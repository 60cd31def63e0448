import { DroverError } from '#shared/contract/errors.ts';
import type { HostId } from '#shared/model/ids.ts';
import type { Services } from './services.ts';

const lookedThrough = 1000;

/** @throws DroverError `claimed` while a task works with one of these hosts, or waits for it */
export function refuseWhileBusy(services: Services, tried: string, hosts: readonly HostId[]): void {
  const isOurs = (id: HostId) => hosts.includes(id);
  const busy = services.inventory
    .view()
    .claims.find(({ claim }) => 'hostId' in claim && isOurs(claim.hostId));
  const subject = services.runner
    .list(lookedThrough)
    .find((task) => task.finishedAt === undefined && task.subject.hostIds.some(isOurs));
  if (busy === undefined && subject === undefined) return;
  throw new DroverError({
    code: 'claimed',
    tried,
    cause: `the task "${busy?.title ?? subject?.title}" is working with it`,
    next: 'Wait for that task, or cancel it in Activity',
  });
}
