import { startWorld } from '../../../world/server/worldProcess.ts';
import { fleet } from './fleet.ts';

// The program of a fleet's world: `fleetWorld.ts FOLDER HOSTS VMS RATE`, until it is told to end.
const [folder, hosts, vms, rate] = process.argv.slice(2);
if (folder === undefined) throw new Error('fleetWorld.ts FOLDER HOSTS VMS RATE');
const world = await startWorld({
  folder,
  scenario: () => fleet({ hosts: Number(hosts), vms: Number(vms) }),
  seed: 1,
  rate: Number(rate),
  lingerMs: 3_600_000,
  startAt: Date.UTC(2026, 0, 5, 8),
});
process.on('SIGTERM', () => world.end(true));
await world.ended;
process.exit(0);
