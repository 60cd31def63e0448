import { hostsNamed, membersIn, namesOf } from '#shared/scenario/groups.ts';
import { entryOf } from '#shared/scenario/mentions.ts';
import type { ScenarioFault } from '#shared/scenario/readScenario.ts';
import type { HostGroup, ScenarioFile } from '#shared/scenario/scenarioFile.ts';
import type { TimelineEntryFile } from '#shared/scenario/timelineFile.ts';
import { expandVms } from './expandVms.ts';
import type { Scenario, ScenarioHost } from './scenario.ts';
import type { TimelineAction } from './timeline.ts';
import { type LoadedTraces, traceName } from './traces.ts';

const gigabit = 1e9;
const kibiMiB = 1024;
const templates = 'templates';

/**
 * Every host, file and VM of a scenario's file by itself, with what its seed draws: the same file, traces and seed give
 * the same cluster. `faults` where it cannot be: VMs that find no room, pools that are too small.
 */
export function expandScenario(
  file: ScenarioFile,
  traces: LoadedTraces,
  seed: number,
): { readonly scenario: Scenario; readonly faults: readonly ScenarioFault[] } {
  const hosts = expandHosts(file);
  const pools = file.pools.map((pool) => ({
    name: pool.name,
    path: pool.path,
    kind: pool.shared ? ('netfs' as const) : ('dir' as const),
    shared: pool.shared,
    hosts: hostsNamed(file, pool.hosts),
    capacityGiB: pool.capacityGiB,
    rateMiBPerSecond: pool.rateMiBps,
  }));
  const machine = hosts[0]?.machineTypes[0] ?? '';
  const { vms, disks, faults } = expandVms(file, traces, { seed, hosts, machine, templatePath: pathOf });
  const images = [...Object.keys(file.templates).flatMap(templateImages), ...disks];
  const scenario: Scenario = {
    name: file.name,
    title: file.title,
    story: file.story.trim(),
    ...(file.startsAt === undefined ? {} : { startsAt: Date.parse(file.startsAt) }),
    hosts,
    switches: file.switches.map(({ name, uplink, latencyMs }) => ({
      name,
      latencyMs,
      ...(uplink === undefined ? {} : { uplink: { to: uplink.to, bitsPerSecond: uplink.gbps * gigabit } }),
    })),
    pools,
    images,
    vms,
    traces: Object.fromEntries(
      Object.entries(traces).flatMap(([name, all]) =>
        all.map((trace, index) => [traceName(name, index), trace]),
      ),
    ),
    timeline: expandTimeline(file),
  };
  return { scenario, faults: [...faults, ...tooSmall(scenario)] };

  function pathOf(template: string): string {
    const { pool } = entryOf(file.templates, template);
    const path = file.pools.find(({ name }) => name === pool)?.path ?? '';
    return `${path}/${templates}/${template}.qcow2`;
  }

  /** On storage of one host each, each host that sees the pool has it. */
  function templateImages(name: string): Scenario['images'] {
    const { pool: poolName, sizeGiB, usedGiB } = entryOf(file.templates, name);
    const pool = pools.find((each) => each.name === poolName);
    const image = { path: pathOf(name), format: 'qcow2' as const, virtualGiB: sizeGiB, usedGiB };
    if (pool === undefined) return [];
    return pool.shared ? [image] : pool.hosts.map((host) => ({ ...image, host }));
  }
}

function expandHosts(file: ScenarioFile): readonly ScenarioHost[] {
  const networks = file.networks.map(({ name, kind }) => ({ name, kind, active: true }));
  let index = -1;
  return file.hosts.flatMap((group) => {
    const model = entryOf(file.hostModels, group.model);
    const names = namesOf(group);
    return names.map((name, place): ScenarioHost => {
      index += 1;
      const hung = switchOf(group, place, names.length);
      return {
        name,
        title:
          group.title === undefined ? name : names.length === 1 ? group.title : `${group.title} ${place + 1}`,
        address: `10.90.${Math.floor(index / 200)}.${(index % 200) + 11}`,
        cpus: model.cores,
        mhz: model.mhz,
        cpuModel: model.cpuModel,
        cpuFlags: model.cpuFlags,
        memoryMiB: Math.round(model.memoryGiB * kibiMiB),
        nicBitsPerSecond: model.nicGbps * gigabit,
        power: curveOf(model.watts),
        ...(hung === undefined ? {} : { switch: hung }),
        networks:
          group.networks === undefined
            ? networks
            : networks.filter((network) => group.networks?.includes(network.name)),
        machineTypes: model.machineTypes,
        clockAheadMs: group.clockAheadSeconds * 1000,
      };
    });
  });
}

/** As many hosts on each of its switches, one after the other, as racks are filled. */
function switchOf(group: HostGroup, place: number, count: number): string | undefined {
  if (group.switch === undefined || typeof group.switch === 'string') return group.switch;
  return group.switch[Math.floor((place * group.switch.length) / count)];
}

function curveOf(watts: ScenarioFile['hostModels'][string]['watts']): readonly number[] {
  if ('idle' in watts) {
    return Array.from({ length: 11 }, (_, tenth) => watts.idle + ((watts.full - watts.idle) * tenth) / 10);
  }
  return watts;
}

/** In order of time; what happens to a group happens to each of it in the same moment. */
function expandTimeline(file: ScenarioFile): Scenario['timeline'] {
  const [hosts, vms] = [membersIn(file.hosts), membersIn(file.vms)];
  return file.timeline
    .flatMap((entry) => actionsOf(entry, hosts, vms).map((action) => ({ afterMs: entry.after, action })))
    .sort((one, other) => one.afterMs - other.afterMs);
}

type Members = ReturnType<typeof membersIn>;

function actionsOf(entry: TimelineEntryFile, hosts: Members, vms: Members): readonly TimelineAction[] {
  switch (entry.do) {
    case 'slow-switch':
      return [{ kind: entry.do, switch: entry.switch, rateBitsPerSecond: entry.gbps * gigabit }];
    case 'cut-switch':
    case 'mend-switch':
      return [{ kind: entry.do, switch: entry.switch }];
    case 'slow-link': {
      const rateBitsPerSecond = entry.gbps * gigabit;
      return hosts(entry.host).map((host) => ({ kind: entry.do, host, rateBitsPerSecond }));
    }
    case 'power-off':
    case 'power-on':
    case 'cut-link':
    case 'mend-link':
    case 'restart-libvirt':
      return hosts(entry.host).map((host) => ({ kind: entry.do, host }));
    case 'crash-vm':
    case 'hang-vm':
    case 'unhang-vm':
    case 'start-vm':
    case 'stop-vm':
      return vms(entry.vm).map((vm) => ({ kind: entry.do, vm }));
    case 'fill-pool':
      return [{ kind: entry.do, pool: entry.pool, share: entry.share }];
    case 'surge': {
      const named = [...new Set(entry.vms.flatMap(vms))];
      return [{ kind: entry.do, vms: named, times: entry.times, lastsMs: entry.lasts }];
    }
    case 'migrate-vm':
      return vms(entry.vm).map((vm) => ({ kind: entry.do, vm, to: entry.to, ...moveOf(entry) }));
    case 'evacuate':
      return hosts(entry.host).map((host) => ({
        kind: entry.do,
        host,
        atOnce: entry.atOnce,
        ...moveOf(entry),
      }));
    default:
      return entry satisfies never;
  }
}

function moveOf(entry: Extract<TimelineEntryFile, { readonly copyStorage: boolean }>) {
  return {
    copyStorage: entry.copyStorage,
    autoConverge: entry.autoConverge,
    postCopy: entry.postCopy,
    ...(entry.bandwidthMiBps === undefined ? {} : { bandwidthMiBPerSecond: entry.bandwidthMiBps }),
    ...(entry.maxDowntime === undefined ? {} : { maxDowntimeMs: Math.max(1, Math.round(entry.maxDowntime)) }),
  };
}

/** Pools whose files are larger than they are, as the place in the file of their capacity. */
function tooSmall({ pools, images }: Scenario): readonly ScenarioFault[] {
  const used = new Map<string, number>();
  const byPath = [...pools];
  for (const { path, usedGiB, host } of images) {
    const pool = byPath.find((each) => path.startsWith(`${each.path}/`));
    if (pool === undefined) continue;
    const key = pool.shared ? pool.name : `${pool.name} on ${host ?? ''}`;
    used.set(key, (used.get(key) ?? 0) + usedGiB);
  }
  return pools.flatMap((pool, index): readonly ScenarioFault[] => {
    const keys = pool.shared ? [pool.name] : pool.hosts.map((host) => `${pool.name} on ${host}`);
    const full = keys.find((key) => (used.get(key) ?? 0) > pool.capacityGiB);
    if (full === undefined) return [];
    const reason = `the files in ${full} take ${Math.ceil(used.get(full) ?? 0)} GiB, which is more than ${pool.capacityGiB}`;
    return [{ path: ['pools', index, 'capacityGiB'], reason }];
  });
}
