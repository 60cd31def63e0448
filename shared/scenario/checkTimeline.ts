import { hostsByName, namesOf } from './groups.ts';
import { type Faults, listOf } from './mentions.ts';
import type { ScenarioFile } from './scenarioFile.ts';

/** What happens to a group happens to each of it: so much in all, of however few entries. */
export const mostHappenings = 200_000;

/** Whether all that happens happens to something that is there. */
export function checkTimeline(file: ScenarioFile, fault: Faults): void {
  const hosts = new Set(hostsByName(file).keys());
  const sizes = { host: sizesOf(file.hosts), vm: sizesOf(file.vms) };
  let happenings = 0;
  const pools = new Set(file.pools.map(({ name }) => name));
  const switches = new Map(file.switches.map(({ name, uplink }) => [name, uplink]));
  const switchNames = new Set(switches.keys());
  for (const [index, entry] of file.timeline.entries()) {
    const path = ['timeline', index] as const;
    const named = (key: string, what: string, name: string, known: ReadonlySet<string>) => {
      if (!known.has(name)) fault([...path, key], `there is no ${what} ${name}; there are ${listOf(known)}`);
    };
    const group = (key: 'host' | 'vm', name: string, at: readonly (string | number)[]) => {
      const size = sizes[key].get(name);
      if (size === undefined) {
        const what = key === 'host' ? 'host' : 'VM';
        const known = listOf(sizes[key].keys());
        fault([...path, ...at], `there is no ${what} ${name}, nor a group of that name; there are ${known}`);
      }
      happenings += size ?? 0;
    };
    if ('host' in entry) group('host', entry.host, ['host']);
    if ('to' in entry) named('to', 'host', entry.to, hosts);
    if ('vm' in entry) group('vm', entry.vm, ['vm']);
    if ('pool' in entry) named('pool', 'pool', entry.pool, pools);
    if ('switch' in entry) {
      named('switch', 'switch', entry.switch, switchNames);
      if (switches.has(entry.switch) && switches.get(entry.switch) === undefined) {
        fault([...path, 'switch'], `${entry.switch} has no uplink that could be cut, slowed or mended`);
      }
    }
    if (entry.do === 'surge') for (const [at, name] of entry.vms.entries()) group('vm', name, ['vms', at]);
    if (happenings > mostHappenings) {
      fault(path, `with it more than ${mostHappenings} things happen, counted for each host and VM`);
      break;
    }
  }
}

/** How many each name stands for: itself, or a group of several. */
function sizesOf(
  groups: readonly { readonly name: string; readonly count?: number | undefined }[],
): ReadonlyMap<string, number> {
  return new Map(
    groups.flatMap((group) => [
      [group.name, group.count ?? 1] as const,
      ...namesOf(group).map((name) => [name, 1] as const),
    ]),
  );
}
