import { type Lab, startLab } from '../lab/startLab.ts';

/** Two hosts and what an operator would have on them; the first VM is the one that moves. */
export async function startStage(name: string): Promise<Lab> {
  return await startLab({
    name,
    hosts: 2,
    guests: [
      { name: 'web-01', host: 'host-a', memoryMiB: 128, dirtyMiB: 24, dirtyRateMiBPerSecond: 6 },
      { name: 'database-01', host: 'host-a' },
      { name: 'web-02', host: 'host-b' },
    ],
  });
}

/** Where the VM runs now, and the other host. */
export async function endsOf(
  lab: Lab,
  guest: string,
): Promise<{ readonly from: string; readonly to: string }> {
  const from = (await lab.sightings(guest)).find(({ state }) => state === 'running')?.host;
  const to = lab.description().hosts.find((host) => host.name !== from)?.name;
  if (from === undefined || to === undefined) throw new Error(`${guest} does not run on a host of two`);
  return { from, to };
}
