import type { HostGroup, ScenarioFile, VmGroup } from './scenarioFile.ts';

/** `node` with a count of 64 is `node-01` to `node-64`; without one it is itself. */
export function namesOf({ name, count }: Pick<HostGroup | VmGroup, 'name' | 'count'>): readonly string[] {
  if (count === undefined) return [name];
  const digits = String(count).length;
  return Array.from({ length: count }, (_, index) => `${name}-${String(index + 1).padStart(digits, '0')}`);
}

const knownHosts = new WeakMap<ScenarioFile, ReadonlyMap<string, HostGroup>>();

/** Every host by its name, with the entry that it comes from. */
export function hostsByName(file: ScenarioFile): ReadonlyMap<string, HostGroup> {
  const before = knownHosts.get(file);
  if (before !== undefined) return before;
  const hosts = new Map(file.hosts.flatMap((group) => namesOf(group).map((name) => [name, group] as const)));
  knownHosts.set(file, hosts);
  return hosts;
}

const knownGroups = new WeakMap<ScenarioFile, ReadonlyMap<string, HostGroup>>();

function hostGroups(file: ScenarioFile): ReadonlyMap<string, HostGroup> {
  const before = knownGroups.get(file);
  if (before !== undefined) return before;
  const groups = new Map(file.hosts.map((group) => [group.name, group]));
  knownGroups.set(file, groups);
  return groups;
}

/** What a list of hosts and groups of hosts means; of names that are neither, nothing. */
export function hostsNamed(file: ScenarioFile, listed: readonly string[] | undefined): readonly string[] {
  if (listed === undefined) return [...hostsByName(file).keys()];
  const groups = hostGroups(file);
  const all = hostsByName(file);
  return [
    ...new Set(
      listed.flatMap((name) => {
        const group = groups.get(name);
        if (group !== undefined) return namesOf(group);
        return all.has(name) ? [name] : [];
      }),
    ),
  ];
}

/** What one name means, a group or one of its own; looked up once for all that is asked. */
export function membersIn(
  groups: readonly Pick<HostGroup | VmGroup, 'name' | 'count'>[],
): (name: string) => readonly string[] {
  const byName = new Map(groups.map((group) => [group.name, group]));
  return (name) => {
    const group = byName.get(name);
    return group === undefined ? [name] : namesOf(group);
  };
}

/** The least and the most that a number or what it is drawn from comes to; a normal one up to four deviations. */
export function rangeOf(number: VmGroup['vcpus']): { readonly least: number; readonly most: number } {
  if (typeof number === 'number') return { least: number, most: number };
  if ('oneOf' in number) return { least: Math.min(...number.oneOf), most: Math.max(...number.oneOf) };
  if ('between' in number) return { least: Math.min(...number.between), most: Math.max(...number.between) };
  const { mean, deviation } = number.normal;
  return { least: Math.max(0, mean - 4 * deviation), most: mean + 4 * deviation };
}

/** Every name that may come up. */
export function namesDrawn(name: VmGroup['workload']): readonly string[] {
  return typeof name === 'string' ? [name] : name.oneOf;
}
