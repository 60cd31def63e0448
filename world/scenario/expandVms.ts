import { hostsNamed, namesOf } from '#shared/scenario/groups.ts';
import { entryOf } from '#shared/scenario/mentions.ts';
import type { ScenarioFault } from '#shared/scenario/readScenario.ts';
import type { ScenarioFile, VmGroup } from '#shared/scenario/scenarioFile.ts';
import { type Draws, drawsFor } from './draw.ts';
import { expandWorkload } from './expandWorkload.ts';
import { Placing } from './placing.ts';
import type { Scenario, ScenarioHost, ScenarioVm } from './scenario.ts';
import { type LoadedTraces, traceName } from './traces.ts';
import type { GuestWorkload } from './workload.ts';

const kibiMiB = 1024;
/** Drawn sizes of memory are whole steps of this, as people choose them. */
const stepMiB = 128;
const leastMiB = 16;

interface Surroundings {
  readonly seed: number;
  readonly hosts: readonly ScenarioHost[];
  readonly machine: string;
  readonly templatePath: (template: string) => string;
}

/** The VMs of all groups, placed, and their disks. */
export function expandVms(file: ScenarioFile, traces: LoadedTraces, around: Surroundings) {
  const placing = new Placing(around.hosts);
  const mayHold = listsOnce(file);
  const workloads = workloadsOnce(file);
  const vms: ScenarioVm[] = [];
  const disks: Scenario['images'][number][] = [];
  const faults: ScenarioFault[] = [];
  // Those that say where they lie come first, so that the others find what is left.
  for (const group of file.vms) {
    if (group.host === undefined) continue;
    for (const name of namesOf(group)) placing.put(group.host, memoryOf(group, drawsFor(around.seed, name)));
  }
  for (const [index, group] of file.vms.entries()) {
    const pool = file.pools.find(({ name }) => name === group.disk.pool);
    for (const [place, name] of namesOf(group).entries()) {
      const draws = drawsFor(around.seed, name);
      const memoryMiB = memoryOf(group, draws);
      const host =
        group.host === undefined
          ? placing.find(group.placement, mayHold(group.hosts), memoryMiB, { seed: around.seed, vm: name })
          : group.host;
      if (host === undefined) {
        const most =
          group.hosts === undefined ? 'no host has' : `none of ${group.hosts.slice(0, 5).join(', ')} has`;
        const reason = `${name} finds no room: ${most} ${Number((memoryMiB / kibiMiB).toFixed(2))} GiB of memory left`;
        faults.push({ path: ['vms', index], reason });
        break;
      }
      const path = `${pool?.path ?? ''}/${name}.qcow2`;
      const vcpus = Math.max(1, Math.round(draws.number('vcpus', group.vcpus, { least: 1, most: 1024 })));
      disks.push({
        path,
        format: 'qcow2',
        virtualGiB: group.disk.sizeGiB,
        usedGiB: group.disk.usedGiB,
        ...(group.disk.template === undefined ? {} : { backing: around.templatePath(group.disk.template) }),
        ...(pool?.shared === true ? {} : { host }),
      });
      vms.push({
        name,
        host,
        guestSystem: draws.name('guest', group.guest),
        vcpus,
        memoryMiB,
        disks: [{ target: 'vda', path, cache: 'none' }],
        network: group.network ?? file.networks[0]?.name ?? '',
        machine: around.machine,
        workload: workloads(draws.name('workload', group.workload), {
          vcpus,
          load: draws.number('load', group.load, { least: 0, most: 1000 }),
          shiftHours: draws.number('shift', group.shiftHours, { least: -24, most: 24 }),
          place,
          traces,
        }),
        running: runsAtFirst(group, draws),
        autostart: group.autostart,
      });
    }
  }
  return { vms, disks, faults };
}

function memoryOf(group: VmGroup, draws: Draws): number {
  const memoryMiB = draws.number('memory', group.memoryGiB, { least: 0, most: 65_536 }) * kibiMiB;
  const isDrawnFreely =
    typeof group.memoryGiB === 'object' && ('between' in group.memoryGiB || 'normal' in group.memoryGiB);
  if (!isDrawnFreely) return Math.max(leastMiB, Math.round(memoryMiB));
  return Math.max(stepMiB, Math.round(memoryMiB / stepMiB) * stepMiB);
}

function runsAtFirst({ running }: VmGroup, draws: Draws): boolean {
  return typeof running === 'boolean' ? running : draws.chance('running') < running;
}

/** The same list of hosts as the same array, however many groups name it. */
function listsOnce(file: ScenarioFile): (hosts: readonly string[] | undefined) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (hosts) => {
    const key = hosts?.join(' ') ?? '';
    const names = known.get(key) ?? hostsNamed(file, hosts);
    known.set(key, names);
    return names;
  };
}

/** VMs that do the same share what says so: ten thousand of them are kept in memory. */
function workloadsOnce(file: ScenarioFile) {
  const known = new Map<string, GuestWorkload>();
  return (
    name: string,
    vm: {
      readonly vcpus: number;
      readonly load: number;
      readonly shiftHours: number;
      readonly place: number;
      readonly traces: LoadedTraces;
    },
  ): GuestWorkload => {
    const workload = entryOf(file.workloads, name);
    const { cpu } = workload;
    const trace =
      cpu.kind === 'trace'
        ? traceName(cpu.trace, vm.place % Math.max(1, vm.traces[cpu.trace]?.length ?? 1))
        : undefined;
    const key = [name, vm.load, vm.shiftHours, ...(trace === undefined ? [] : [trace, vm.vcpus])].join(' ');
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = expandWorkload(workload, { ...vm, ...(trace === undefined ? {} : { trace }) });
    known.set(key, made);
    return made;
  };
}
