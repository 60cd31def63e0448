import { parse } from 'yaml';
import { z } from 'zod';
import { builtInText } from '../../../world/scenario/builtIn.ts';
import type { ScenarioText } from '../../../world/scenario/openScenario.ts';

/** What is scaled of the built-in data centre; the rest is as it stands there. */
const partsSchema = z.looseObject({
  pools: z.array(z.looseObject({ capacityGiB: z.number(), rateMiBps: z.number() })),
  vms: z.array(z.looseObject({ count: z.number() })),
  traces: z.record(z.string(), z.unknown()),
});

const builtInHosts = 1000;
const hostsARack = 20;
const spine = { name: 'spine', latencyMs: 0.02 };

/**
 * The built-in data centre with so many hosts and ten VMs each, without its timeline. `traces`: a folder of recordings
 * in place of those that are made.
 */
export function centre(hosts: number, traces: string | undefined): ScenarioText {
  const parts = partsSchema.parse(parse(builtInText('data-centre').text));
  const times = hosts / builtInHosts;
  const racks = Array.from({ length: Math.ceil(hosts / hostsARack) }, (_, index) => ({
    leaf: `leaf-${index + 1}`,
    rack: `rack-${index + 1}`,
    count: Math.min(hostsARack, hosts - index * hostsARack),
  }));
  const text = JSON.stringify({
    ...parts,
    switches: [
      spine,
      ...racks.map(({ leaf }) => ({ ...spine, name: leaf, uplink: { to: spine.name, gbps: 200 } })),
    ],
    hosts: racks.map(({ leaf, rack, count }) => ({ name: rack, count, model: 'server', switch: leaf })),
    pools: parts.pools.map((pool) => ({
      ...pool,
      capacityGiB: Math.ceil(pool.capacityGiB * times),
      rateMiBps: pool.rateMiBps * times,
    })),
    vms: parts.vms.map((group) => ({ ...group, count: Math.round(group.count * times) })),
    ...(traces === undefined
      ? {}
      : { traces: Object.fromEntries(Object.keys(parts.traces).map((name) => [name, { folder: traces }])) }),
    timeline: [],
  });
  return { name: `data-centre of ${hosts}`, text, folder: process.cwd() };
}
