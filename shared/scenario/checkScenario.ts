import { checkTimeline } from './checkTimeline.ts';
import { checkVms } from './checkVms.ts';
import { hostsByName, hostsNamed, namesOf } from './groups.ts';
import { type Faults, has, listOf } from './mentions.ts';
import type { ScenarioFault } from './readScenario.ts';
import { mostHosts, mostVms, type ScenarioFile } from './scenarioFile.ts';
import { loadSlotMs } from './workloadFile.ts';

/** What a file's form cannot say: names that lead nowhere or twice, sizes that fit nowhere, parts Drover does not have. */
export function checkScenario(file: ScenarioFile): readonly ScenarioFault[] {
  const faults: ScenarioFault[] = [];
  const fault: Faults = (path, reason) => {
    faults.push({ path, reason });
  };
  checkSizes(file, fault);
  // Names are made of groups only where that is bounded.
  if (faults.length > 0) return faults;
  checkNames(file, fault);
  checkHosts(file, fault);
  checkSwitches(file, fault);
  checkPools(file, fault);
  checkCopies(file, fault);
  checkWorkloads(file, fault);
  checkPolicies(file, fault);
  checkVms(file, fault);
  checkTimeline(file, fault);
  return faults;
}

function checkSizes(file: ScenarioFile, fault: Faults): void {
  for (const [key, most] of [
    ['hosts', mostHosts],
    ['vms', mostVms],
  ] as const) {
    const groups: readonly { readonly count?: number | undefined }[] = file[key];
    let sum = 0;
    for (const [index, { count = 1 }] of groups.entries()) {
      sum += count;
      if (sum <= most) continue;
      const what = key === 'hosts' ? 'hosts' : 'VMs';
      fault([key, index], `that makes ${sum} ${what}, and a simulated cluster has ${most} at the most`);
      break;
    }
  }
}

/** On storage of one host each, every host has its own copy of a template. */
const mostCopies = 200_000;

function checkCopies(file: ScenarioFile, fault: Faults): void {
  const own = new Map(
    file.pools
      .filter(({ shared }) => !shared)
      .map(({ name, hosts }) => [name, hostsNamed(file, hosts).length]),
  );
  let copies = 0;
  for (const [name, { pool }] of Object.entries(file.templates)) {
    copies += own.get(pool) ?? 0;
    if (copies <= mostCopies) continue;
    return fault(
      ['templates', name],
      `with it there are more than ${mostCopies} copies of templates, one on each host that has the pool for itself`,
    );
  }
}

function checkNames(file: ScenarioFile, fault: Faults): void {
  for (const key of ['hosts', 'vms', 'switches', 'networks', 'pools'] as const) {
    const known = new Map<string, number>();
    const groups: readonly { readonly name: string; readonly count?: number | undefined }[] = file[key];
    for (const [index, group] of groups.entries()) {
      // A group's own name stands for all of it.
      const names = group.count === undefined ? [group.name] : [group.name, ...namesOf(group)];
      const twice = names.find((name) => known.has(name));
      if (twice !== undefined) fault([key, index, 'name'], `${twice} is called so already`);
      for (const name of names) known.set(name, index);
    }
  }
}

function checkHosts(file: ScenarioFile, fault: Faults): void {
  const networks = new Set(file.networks.map(({ name }) => name));
  const switches = new Set(file.switches.map(({ name }) => name));
  for (const [index, host] of file.hosts.entries()) {
    if (!has(file.hostModels, host.model)) {
      fault(
        ['hosts', index, 'model'],
        `there is no host model ${host.model}; there are ${listOf(Object.keys(file.hostModels))}`,
      );
    }
    for (const [at, name] of (host.networks ?? []).entries()) {
      if (!networks.has(name)) {
        fault(['hosts', index, 'networks', at], `there is no network ${name}; there are ${listOf(networks)}`);
      }
    }
    const hung = typeof host.switch === 'string' ? [host.switch] : (host.switch ?? []);
    for (const name of hung) {
      if (!switches.has(name)) {
        fault(['hosts', index, 'switch'], `there is no switch ${name}; there are ${listOf(switches)}`);
      }
    }
  }
}

function checkSwitches(file: ScenarioFile, fault: Faults): void {
  const uplinks = new Map(file.switches.map(({ name, uplink }) => [name, uplink?.to]));
  for (const [index, { name, uplink }] of file.switches.entries()) {
    if (uplink === undefined) continue;
    const path = ['switches', index, 'uplink', 'to'];
    if (!uplinks.has(uplink.to)) {
      fault(path, `there is no switch ${uplink.to}; there are ${listOf(uplinks.keys())}`);
      continue;
    }
    const way = new Set([name]);
    for (let at: string | undefined = uplink.to; at !== undefined; at = uplinks.get(at)) {
      if (at === name) {
        fault(path, `its uplinks lead round in a circle: ${[...way, name].join(', ')}`);
        break;
      }
      // Somebody else's circle.
      if (way.has(at)) break;
      way.add(at);
    }
  }
}

function checkPools(file: ScenarioFile, fault: Faults): void {
  const hosts = new Set([...hostsByName(file).keys(), ...file.hosts.map(({ name }) => name)]);
  for (const [index, pool] of file.pools.entries()) {
    for (const [at, name] of (pool.hosts ?? []).entries()) {
      if (!hosts.has(name))
        fault(['pools', index, 'hosts', at], `there is no host or group of hosts ${name}`);
    }
    const other = file.pools.find(
      (each, place) => place < index && (isIn(pool.path, each.path) || isIn(each.path, pool.path)),
    );
    if (other !== undefined) {
      fault(
        ['pools', index, 'path'],
        `it lies in the path of the pool ${other.name} (${other.path}), or that in it`,
      );
    }
  }
  const pools = new Set(file.pools.map(({ name }) => name));
  for (const [name, template] of Object.entries(file.templates)) {
    if (!pools.has(template.pool)) {
      fault(['templates', name, 'pool'], `there is no pool ${template.pool}; there are ${listOf(pools)}`);
    }
    if (template.usedGiB > template.sizeGiB) {
      fault(['templates', name, 'usedGiB'], `more than its ${template.sizeGiB} GiB cannot be used of it`);
    }
  }
}

function isIn(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
}

function checkWorkloads(file: ScenarioFile, fault: Faults): void {
  for (const [name, { cpu }] of Object.entries(file.workloads)) {
    const path = ['workloads', name, 'cpu'];
    if (cpu.kind === 'trace' && !has(file.traces, cpu.trace)) {
      fault(
        [...path, 'trace'],
        `there is no trace ${cpu.trace}; there are ${listOf(Object.keys(file.traces))}`,
      );
    }
    if (cpu.kind === 'bursty' && cpu.lasts !== undefined) checkSlot([...path, 'lasts'], cpu.lasts, fault);
    if (cpu.kind !== 'step') continue;
    for (const [index, step] of cpu.steps.entries()) {
      const before = cpu.steps[index - 1];
      if (before !== undefined && step.after <= before.after) {
        fault(
          [...path, 'steps', index, 'after'],
          'steps stand in order of time, each later than the one before',
        );
      }
    }
  }
  for (const [name, trace] of Object.entries(file.traces)) {
    if ('every' in trace) checkSlot(['traces', name, 'every'], trace.every, fault);
  }
}

function checkSlot(path: readonly string[], milliseconds: number, fault: Faults): void {
  if (milliseconds >= loadSlotMs && milliseconds % loadSlotMs === 0) return;
  fault(path, 'loads change each 10 s at the most: write 10s or a whole multiple of it');
}

function checkPolicies({ policies }: ScenarioFile, fault: Faults): void {
  for (const [name, value] of Object.entries(policies ?? {})) {
    if (value === undefined) continue;
    fault(
      ['policies', name],
      `Drover has no ${name} policies yet, and does not act as if it had; leave it out: moves are the operator's, or the timeline's`,
    );
  }
}
