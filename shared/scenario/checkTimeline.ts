import { hostsByName, namesOf } from './groups.ts';
import { type Faults, listOf } from './mentions.ts';
import type { ScenarioFile } from './scenarioFile.ts';

/** Whether all that happens happens to something that is there. */
export function checkTimeline(file: ScenarioFile, fault: Faults): void {
  const hosts = new Set(hostsByName(file).keys());
  const vms = new Set(file.vms.flatMap(namesOf));
  const groups = new Set(file.vms.map(({ name }) => name));
  const pools = new Set(file.pools.map(({ name }) => name));
  const switches = new Map(file.switches.map(({ name, uplink }) => [name, uplink]));
  const switchNames = new Set(switches.keys());
  for (const [index, entry] of file.timeline.entries()) {
    const path = ['timeline', index] as const;
    const named = (key: string, what: string, name: string, known: ReadonlySet<string>) => {
      if (!known.has(name)) fault([...path, key], `there is no ${what} ${name}; there are ${listOf(known)}`);
    };
    if ('host' in entry) named('host', 'host', entry.host, hosts);
    if ('to' in entry) named('to', 'host', entry.to, hosts);
    if ('vm' in entry) named('vm', 'VM', entry.vm, vms);
    if ('pool' in entry) named('pool', 'pool', entry.pool, pools);
    if ('switch' in entry) {
      named('switch', 'switch', entry.switch, switchNames);
      if (switches.has(entry.switch) && switches.get(entry.switch) === undefined) {
        fault([...path, 'switch'], `${entry.switch} has no uplink that could be cut, slowed or mended`);
      }
    }
    if (entry.do !== 'surge') continue;
    for (const [at, name] of entry.vms.entries()) {
      if (!vms.has(name) && !groups.has(name)) {
        fault([...path, 'vms', at], `there is no VM or group of VMs ${name}`);
      }
    }
  }
}
