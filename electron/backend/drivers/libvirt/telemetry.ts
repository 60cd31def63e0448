import type { HostCapacity } from '#shared/model/host.ts';
import type { CallOptions, DomainCounters, HostCounters, TelemetryDriver } from '../drivers.ts';
import { type Capabilities, parseCapabilitiesXml } from '../xml/capabilitiesXml.ts';
import { domainStateOf } from './domainStates.ts';
import { DomainStatistics } from './domainStatistics.ts';
import type { HostAccess } from './hostLink.ts';
import { kernelCounters } from './kernelCounters.ts';
import {
  connectGetCapabilities,
  connectGetHostname,
  connectGetLibVersion,
  connectGetVersion,
  type DomainRef,
  domainStatsGroups,
  type LibvirtConnection,
  nodeGetCpuStats,
  nodeGetFreeMemory,
  nodeGetInfo,
  nodeGetMemoryStats,
  type ParameterReader,
  readParameters,
  type TypedParameter,
} from './rpc/rpc.ts';

const cheapGroups = domainStatsGroups.state | domainStatsGroups.cpuTotal | domainStatsGroups.interface;
/** Balloon, block and vcpu are the dear ones: each asks every QEMU something. */
const fullGroups = cheapGroups | domainStatsGroups.balloon | domainStatsGroups.block | domainStatsGroups.vcpu;

/** The first time after its start libvirtd runs every QEMU once to see what it can do. */
const capabilitiesDeadlineMs = 30_000;

export function libvirtTelemetry(link: HostAccess): TelemetryDriver {
  const statistics = new DomainStatistics(link);
  return {
    capacity: (options) => capacity(link.channels().statistics, options),
    async host(depth, options) {
      const [counters, more] = await Promise.all([
        hostCounters(link.channels().statistics, options),
        depth === 'full' ? kernelCounters(link, options) : {},
      ]);
      return { ...counters, ...more };
    },
    async domains(depth, options) {
      const groups = depth === 'cheap' ? cheapGroups : fullGroups;
      const answer = await statistics.ask(link.channels().statistics, groups, options);
      return answer.map(({ dom, params }) => domainCounters(dom, params));
    },
  };
}

async function capacity(
  connection: LibvirtConnection,
  options: CallOptions | undefined,
): Promise<HostCapacity> {
  const [make, info, free, memory] = await Promise.all([
    makeOf(connection, options),
    connection.call(nodeGetInfo, undefined, options),
    connection.call(nodeGetFreeMemory, undefined, options),
    memoryOf(connection, options),
  ]);
  return {
    cpus: info.cpus,
    cpuModel: make.cpuModel === '' ? info.model : make.cpuModel,
    cpuMhz: info.mhz,
    // Total and free from one source: node information counts memory by NUMA node, which can differ.
    memoryMiB: memory?.totalMiB ?? Number(info.memory) / 1024,
    memoryFreeMiB: memory === undefined ? Number(free.freeMem) / 1_048_576 : memory.totalMiB - memory.usedMiB,
    libvirtVersion: make.libvirtVersion,
    hypervisorVersion: make.hypervisorVersion,
    hostname: make.hostname,
    hostUuid: make.hostUuid,
    kvm: make.kvm,
  };
}

type Make = Capabilities & Pick<HostCapacity, 'libvirtVersion' | 'hypervisorVersion' | 'hostname'>;
const makes = new WeakMap<LibvirtConnection, Make>();

/** What a host is, and remains while it is connected. Making out its capabilities costs libvirtd some work. */
async function makeOf(connection: LibvirtConnection, options: CallOptions | undefined): Promise<Make> {
  const known = makes.get(connection);
  if (known !== undefined) return known;
  const [capabilities, library, hypervisor, name] = await Promise.all([
    connection.call(connectGetCapabilities, undefined, { deadlineMs: capabilitiesDeadlineMs, ...options }),
    connection.call(connectGetLibVersion, undefined, options),
    connection.call(connectGetVersion, undefined, options),
    connection.call(connectGetHostname, undefined, options),
  ]);
  const make = {
    ...parseCapabilitiesXml(capabilities.capabilities),
    libvirtVersion: versionInWords(library.libVer),
    hypervisorVersion: versionInWords(hypervisor.hvVer),
    hostname: name.hostname,
  };
  makes.set(connection, make);
  return make;
}

async function hostCounters(
  connection: LibvirtConnection,
  options: CallOptions | undefined,
): Promise<HostCounters> {
  const [cpu, memory] = await Promise.all([cpuOf(connection, options), memoryOf(connection, options)]);
  const values = new Map(cpu.map(({ field, value }) => [field, Number(value)]));
  const total = [...values.values()].reduce((sum, value) => sum + value, 0);
  const waiting = values.get('iowait');
  return {
    cpuBusyNs: total - (values.get('idle') ?? 0) - (waiting ?? 0),
    cpuTotalNs: total,
    ...(waiting === undefined ? {} : { cpuWaitNs: waiting }),
    memoryUsedMiB: memory?.usedMiB ?? 0,
    memoryTotalMiB: memory?.totalMiB ?? 0,
    ...(memory === undefined ? {} : { memoryCachedMiB: memory.cachedMiB }),
  };
}

const allCpus = -1;
const allCells = -1;
/** How many fields a host has never changes while it is connected; libvirt wants the exact number. */
const fieldCounts = new WeakMap<LibvirtConnection, { readonly cpu: number; readonly memory: number }>();

async function countsOf(connection: LibvirtConnection, options: CallOptions | undefined) {
  const known = fieldCounts.get(connection);
  if (known !== undefined) return known;
  const [cpu, memory] = await Promise.all([
    connection.call(nodeGetCpuStats, { cpuNum: allCpus, nparams: 0 }, options),
    connection.call(nodeGetMemoryStats, { cellNum: allCells, nparams: 0 }, options),
  ]);
  const counts = { cpu: cpu.nparams, memory: memory.nparams };
  fieldCounts.set(connection, counts);
  return counts;
}

async function cpuOf(connection: LibvirtConnection, options: CallOptions | undefined) {
  const { cpu } = await countsOf(connection, options);
  return (await connection.call(nodeGetCpuStats, { cpuNum: allCpus, nparams: cpu }, options)).params;
}

/** Buffers and caches count as free: the kernel gives them back when a VM needs them. */
async function memoryOf(
  connection: LibvirtConnection,
  options: CallOptions | undefined,
): Promise<{ readonly usedMiB: number; readonly totalMiB: number; readonly cachedMiB: number } | undefined> {
  const { params } = await connection.call(
    nodeGetMemoryStats,
    { nparams: (await countsOf(connection, options)).memory, cellNum: allCells },
    options,
  );
  const values = new Map(params.map(({ field, value }) => [field, Number(value) / 1024]));
  const totalMiB = values.get('total');
  if (totalMiB === undefined) return undefined;
  const cachedMiB = (values.get('buffers') ?? 0) + (values.get('cached') ?? 0);
  return { usedMiB: totalMiB - (values.get('free') ?? 0) - cachedMiB, totalMiB, cachedMiB };
}

/** Fields are those of virConnectGetAllDomainStats; what a busy domain could not say is left out, never zero. */
export function domainCounters(dom: DomainRef, parameters: readonly TypedParameter[]): DomainCounters {
  const read = readParameters(parameters);
  const state = domainStateOf(read.number('state.state') ?? 0, read.number('state.reason') ?? 0, false).state;
  const optional = {
    cpuTimeNs: read.number('cpu.time'),
    vcpus: read.number('vcpu.current'),
    cpuReadyNs: readyNs(read),
    memoryUsedMiB: memoryUsedMiB(read),
    memoryGivenMiB: inMiB(read.number('balloon.current')),
    diskReadBytes: sum(read, 'block', 'rd.bytes'),
    diskWriteBytes: sum(read, 'block', 'wr.bytes'),
    networkReceiveBytes: sum(read, 'net', 'rx.bytes'),
    networkSendBytes: sum(read, 'net', 'tx.bytes'),
  };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { uuid: dom.uuid, state, ...known };
}

/** What the guest uses by its balloon driver's word; without one, what the process holds of the host's memory. */
function memoryUsedMiB(read: ParameterReader): number | undefined {
  const available = read.number('balloon.available');
  const usable = read.number('balloon.usable') ?? read.number('balloon.unused');
  if (available !== undefined && usable !== undefined) return (available - usable) / 1024;
  return inMiB(read.number('balloon.rss'));
}

function inMiB(kibibytes: number | undefined): number | undefined {
  return kibibytes === undefined ? undefined : kibibytes / 1024;
}

/** The kernel's run_delay of all vCPU threads; libvirt before 7.2 and kernels without schedstats do not say it. */
function readyNs(read: ParameterReader): number | undefined {
  const most = read.number('vcpu.maximum') ?? 0;
  let total: number | undefined;
  for (let index = 0; index < most; index += 1) {
    const delay = read.number(`vcpu.${index}.delay`);
    if (delay !== undefined) total = (total ?? 0) + delay;
  }
  return total;
}

function sum(read: ParameterReader, group: string, field: string): number | undefined {
  const count = read.number(`${group}.count`);
  if (count === undefined) return undefined;
  let total = 0;
  for (let index = 0; index < count; index += 1) total += read.number(`${group}.${index}.${field}`) ?? 0;
  return total;
}

function versionInWords(version: bigint): string {
  const number = Number(version);
  return `${Math.floor(number / 1_000_000)}.${Math.floor((number % 1_000_000) / 1000)}.${number % 1000}`;
}
