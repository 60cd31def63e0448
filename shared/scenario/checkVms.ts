import { hostsByName, hostsNamed, namesDrawn, rangeOf } from './groups.ts';
import { entryOf, type Faults, has, listOf } from './mentions.ts';
import type { ScenarioFile, VmGroup } from './scenarioFile.ts';

const gibibytes = (number: number): string => `${Number(number.toFixed(2))} GiB`;

/** Each VM, or group of VMs, by itself: whether they find room together is known once they are placed. */
export function checkVms(file: ScenarioFile, fault: Faults): void {
  const hosts = hostsByName(file);
  const groups = new Set(file.hosts.map(({ name }) => name));
  const holdersOf = holdersIn(file);
  for (const [index, vm] of file.vms.entries()) {
    const path = ['vms', index] as const;
    if (vm.host !== undefined && vm.hosts !== undefined) {
      fault([...path, 'hosts'], 'with "host" it lies there already: leave one of the two out');
    }
    if (vm.host !== undefined && !hosts.has(vm.host)) {
      fault([...path, 'host'], `there is no host ${vm.host}; there are ${listOf(hosts.keys())}`);
    }
    for (const [at, name] of (vm.hosts ?? []).entries()) {
      if (!hosts.has(name) && !groups.has(name)) {
        fault([...path, 'hosts', at], `there is no host or group of hosts ${name}`);
      }
    }
    const holders = holdersOf(vm);
    checkFit(holders, vm, path, fault);
    checkDisk(file, holders, vm, path, fault);
    checkNetwork(file, holders, vm, path, fault);
    for (const name of namesDrawn(vm.workload)) {
      if (!has(file.workloads, name)) {
        fault(
          [...path, 'workload'],
          `there is no workload ${name}; there are ${listOf(Object.keys(file.workloads))}`,
        );
      }
    }
    for (const key of ['guest', 'vcpus', 'memoryGiB', 'workload', 'load', 'shiftHours'] as const) {
      const drawn = vm[key];
      if (typeof drawn !== 'object') continue;
      if ('oneOf' in drawn && drawn.weights !== undefined) {
        const sum = drawn.weights.reduce((all, weight) => all + weight, 0);
        if (drawn.weights.length !== drawn.oneOf.length) {
          fault([...path, key, 'weights'], 'there must be as many weights as there are choices');
        } else if (sum <= 0) fault([...path, key, 'weights'], 'one weight at least must be above 0');
      }
      if ('between' in drawn && drawn.between[0] > drawn.between[1]) {
        fault([...path, key, 'between'], 'the smaller number stands first');
      }
    }
  }
}

/** The hosts that may hold a VM: those that it names, as far as there are such. */
interface Holders {
  readonly mostMemoryGiB: number;
  readonly mostCores: number;
  /** One that has no such pool, or network; undefined where all have. */
  readonly withoutPool: (name: string) => string | undefined;
  readonly withoutNetwork: (name: string) => string | undefined;
}

/** Worked out once for all VMs that lie on the same hosts: there may be ten thousand of either. */
function holdersIn(file: ScenarioFile): (vm: VmGroup) => Holders {
  const known = new Map<string, Holders>();
  const seenFrom = new Map(file.pools.map(({ name, hosts }) => [name, new Set(hostsNamed(file, hosts))]));
  return (vm) => {
    const listed = vm.host === undefined ? vm.hosts : [vm.host];
    const key = listed?.join(' ') ?? '';
    const before = known.get(key);
    if (before !== undefined) return before;
    const hosts = hostsNamed(file, listed);
    const all = hostsByName(file);
    const names = new Set(hosts.flatMap((name) => all.get(name)?.model ?? []));
    const models = [...names].flatMap((name) =>
      has(file.hostModels, name) ? [entryOf(file.hostModels, name)] : [],
    );
    const pools = new Map<string, string | undefined>();
    const holders: Holders = {
      mostMemoryGiB: Math.max(...models.map(({ memoryGiB }) => memoryGiB)),
      mostCores: Math.max(...models.map(({ cores }) => cores)),
      withoutPool(name) {
        if (!pools.has(name))
          pools.set(
            name,
            hosts.find((host) => seenFrom.get(name)?.has(host) !== true),
          );
        return pools.get(name);
      },
      withoutNetwork: (name) => hosts.find((host) => all.get(host)?.networks?.includes(name) === false),
    };
    known.set(key, holders);
    return holders;
  };
}

type At = readonly (string | number)[];

function checkFit(holders: Holders, vm: VmGroup, path: At, fault: Faults): void {
  const memory = rangeOf(vm.memoryGiB).most;
  // Of hosts that are not there nothing is known.
  if (Number.isFinite(holders.mostMemoryGiB) && memory > holders.mostMemoryGiB) {
    fault(
      [...path, 'memoryGiB'],
      `${gibibytes(memory)} are more than any of its hosts has (${gibibytes(holders.mostMemoryGiB)})`,
    );
  }
  const vcpus = rangeOf(vm.vcpus).most;
  if (Number.isFinite(holders.mostCores) && vcpus > holders.mostCores) {
    fault(
      [...path, 'vcpus'],
      `${vcpus} vCPUs are more than any of its hosts has cores (${holders.mostCores})`,
    );
  }
}

function checkDisk(file: ScenarioFile, holders: Holders, vm: VmGroup, path: At, fault: Faults): void {
  const { disk } = vm;
  if (!file.pools.some(({ name }) => name === disk.pool)) {
    const names = file.pools.map(({ name }) => name);
    return fault([...path, 'disk', 'pool'], `there is no pool ${disk.pool}; there are ${listOf(names)}`);
  }
  const blind = holders.withoutPool(disk.pool);
  if (blind !== undefined) {
    fault([...path, 'disk', 'pool'], `${blind}, where it may lie, has no pool ${disk.pool}`);
  }
  if (disk.usedGiB > disk.sizeGiB) {
    fault([...path, 'disk', 'usedGiB'], `more than its ${gibibytes(disk.sizeGiB)} cannot be used of it`);
  }
  if (disk.template === undefined) return;
  if (!has(file.templates, disk.template)) {
    const names = listOf(Object.keys(file.templates));
    return fault([...path, 'disk', 'template'], `there is no template ${disk.template}; there are ${names}`);
  }
  const template = entryOf(file.templates, disk.template);
  const without = holders.withoutPool(template.pool);
  if (without !== undefined && file.pools.some(({ name }) => name === template.pool)) {
    fault(
      [...path, 'disk', 'template'],
      `${without}, where it may lie, does not see the template's pool ${template.pool}`,
    );
  }
  if (template.sizeGiB > disk.sizeGiB) {
    fault(
      [...path, 'disk', 'sizeGiB'],
      `an overlay is not smaller than its template, which has ${gibibytes(template.sizeGiB)}`,
    );
  }
}

function checkNetwork(file: ScenarioFile, holders: Holders, vm: VmGroup, path: At, fault: Faults): void {
  const name = vm.network ?? file.networks[0]?.name;
  if (name === undefined) return;
  if (!file.networks.some((each) => each.name === name)) {
    const names = listOf(file.networks.map((each) => each.name));
    return fault([...path, 'network'], `there is no network ${name}; there are ${names}`);
  }
  const without = holders.withoutNetwork(name);
  if (without !== undefined) {
    fault([...path, 'network'], `${without}, where it may lie, has no network ${name}`);
  }
}
