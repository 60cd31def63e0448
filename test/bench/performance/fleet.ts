import { parse } from 'yaml';
import { z } from 'zod';
import { builtInText } from '../../../world/scenario/builtIn.ts';
import type { ScenarioText } from '../../../world/scenario/openScenario.ts';

export interface FleetSize {
  readonly hosts: number;
  readonly vms: number;
}

const kinds = [
  { name: 'web', guest: 'Debian 12', vcpus: 2, memoryGiB: 4, shiftHours: { between: [0, 24] } },
  { name: 'database', guest: 'Rocky Linux 9', vcpus: 4, memoryGiB: 16 },
  { name: 'cache', guest: 'Ubuntu 24.04', vcpus: 2, memoryGiB: 8 },
  { name: 'batch', guest: 'Alpine Linux 3.20', vcpus: 4, memoryGiB: 2 },
  { name: 'desktop', guest: 'Windows 11', vcpus: 2, memoryGiB: 8 },
] as const;

/**
 * A simulated cluster of any size, as many VMs of each of five kinds, spread evenly, that do what those of the two servers do; one of
 * twenty is not running.
 */
export function fleet({ hosts, vms }: FleetSize): ScenarioText {
  const perHost = Math.ceil(vms / hosts);
  const { workloads } = z.object({ workloads: z.unknown() }).parse(parse(builtInText('two-servers').text));
  const name = `fleet-${hosts}-${vms}`;
  const each = Math.max(1, Math.round(vms / kinds.length));
  const text = JSON.stringify({
    drover: 1,
    name,
    title: `${hosts} hosts`,
    story: `${hosts} hosts with ${vms} VMs, to measure with.`,
    hostModels: { server: { cores: Math.max(16, perHost * 2), memoryGiB: Math.max(64, perHost * 9) } },
    hosts: [{ name: 'server', title: 'Server', count: hosts, model: 'server' }],
    pools: [{ name: 'shared', path: '/srv/shared', shared: true, capacityGiB: 65_536, rateMiBps: 4000 }],
    workloads,
    vms: kinds.map((kind) => ({
      ...kind,
      count: each,
      workload: kind.name,
      disk: { pool: 'shared', sizeGiB: 20, usedGiB: 2 },
      running: 0.95,
    })),
  });
  return { name, text, folder: '.' };
}
