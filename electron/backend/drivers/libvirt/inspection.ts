import { DroverError } from '#shared/contract/errors.ts';
import { byName } from '#shared/model/byName.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { CallOptions, InspectionDriver } from '../drivers.ts';
import { parseCapabilitiesXml, parseMachineTypes } from '../xml/capabilitiesXml.ts';
import { refOf } from './domains.ts';
import { capabilitiesXml, compareHostCpu, cpuFlagsOf, hostCpuOf } from './hostCpu.ts';
import type { HostAccess } from './hostLink.ts';
import { inspectNetworks, inspectPools } from './inspectionLists.ts';
import { questionScript, shellFacts } from './inspectionShell.ts';
import { domainAbortJob, type LibvirtConnection, LibvirtError, libvirtErrorCodes } from './rpc/rpc.ts';
import { quote } from './ssh/shell.ts';
import { libvirtTelemetry } from './telemetry.ts';

const nameSeconds = 5;
const commandNotFound = 127;
const clockTries = 3;

/** What a host says of itself when it is looked over: libvirt where libvirt knows it, else the host's own shell. */
export function libvirtInspection(link: HostAccess): InspectionDriver {
  return {
    inspect: (options) => inspect(link, options),
    async resolves(name, options) {
      const command = `timeout ${nameSeconds} getent ahosts ${quote(name)} >/dev/null`;
      const { code, stderr } = await link.login().exec(command, options ?? {});
      if (code !== commandNotFound) return code === 0;
      throw new DroverError({
        code: 'program-missing',
        tried: `See whether ${link.name} resolves ${name}`,
        cause: `it lacks a program: ${stderr.trim()}`,
      });
    },
    offersCpu: (hostCpuXml, options) => compareHostCpu(link.channels().control, hostCpuXml, options),
  };
}

async function inspect(link: HostAccess, options: CallOptions | undefined): Promise<HostInspection> {
  // First and alone, so that nothing of this inspection lengthens the round trip.
  const clock = await readClock(link, options);
  const { control } = link.channels();
  const [capacity, capabilities, mayWrite, said, pools, networks] = await Promise.all([
    libvirtTelemetry(link).capacity(options),
    capabilitiesXml(control, options),
    mayChange(control, options),
    link.login().exec(questionScript, options ?? {}),
    inspectPools(link, options),
    inspectNetworks(control, options),
  ]);
  const { bridges, ...shell } = shellFacts(said.stdout);
  const cpuXml = hostCpuOf(capabilities);
  const { cpuModel, architecture } = parseCapabilitiesXml(capabilities);
  const ofLibvirt = new Set(networks.flatMap(({ bridge }) => bridge ?? []));
  return {
    ...shell,
    ...clock,
    hostname: capacity.hostname,
    libvirtVersion: capacity.libvirtVersion,
    hypervisorVersion: capacity.hypervisorVersion,
    kvm: capacity.kvm ? 'usable' : shell.kvmFacts?.device === true ? 'refused' : 'absent',
    mayWrite,
    memoryMiB: capacity.memoryMiB,
    memoryFreeMiB: capacity.memoryFreeMiB,
    pools,
    networks: [
      ...networks.map(({ bridge: _ofIt, ...network }) => network),
      ...byName(bridges)
        .filter(({ name }) => !ofLibvirt.has(name))
        .map((bridge) => ({ ...bridge, kind: 'bridge' as const })),
    ],
    machineTypes: parseMachineTypes(capabilities),
    cpuXml,
    cpuModel,
    cpuFlags: await cpuFlagsOf(control, cpuXml, options),
    architecture,
  };
}

/**
 * The host's clock against the workstation's. Of some tries the shortest counts: its answer was given somewhere within
 * that time, so half of it is what the difference is uncertain by.
 */
async function readClock(
  link: HostAccess,
  options: CallOptions | undefined,
): Promise<Pick<HostInspection, 'clockAheadMs' | 'clockUncertainMs'>> {
  let best: Awaited<ReturnType<typeof tryClock>> | undefined;
  for (let count = 0; count < clockTries; count += 1) {
    const tried = await tryClock(link, options);
    if (best === undefined || tried.clockUncertainMs < best.clockUncertainMs) best = tried;
  }
  return best ?? { clockAheadMs: 0, clockUncertainMs: Number.MAX_SAFE_INTEGER };
}

async function tryClock(link: HostAccess, options: CallOptions | undefined) {
  const [before, started] = [link.clock.now(), link.clock.elapsed()];
  const { stdout } = await link.login().exec('date +%s%N', options ?? {});
  const halfMs = (link.clock.elapsed() - started) / 2;
  const [, seconds, nanoseconds] = /^(\d{9,11}?)(\d{9})?\D*$/.exec(stdout.trim()) ?? [];
  if (seconds === undefined) {
    throw new DroverError({
      code: 'protocol-broken',
      tried: `Read the clock of ${link.name}`,
      cause: `"date" answered ${JSON.stringify(stdout.slice(0, 60))}`,
    });
  }
  // A small system's date knows whole seconds only.
  const [partMs, roughMs] = nanoseconds === undefined ? [500, 500] : [Number(nanoseconds) / 1e6, 0];
  return {
    clockAheadMs: Number(seconds) * 1000 + partMs - (before + halfMs),
    clockUncertainMs: halfMs + roughMs,
  };
}

const noDomain = '00000000-0000-0000-0000-000000000000';

/**
 * Asks for something that changes nothing, since there is no such domain: whoever may only read is refused before
 * libvirt looks for it.
 */
async function mayChange(connection: LibvirtConnection, options: CallOptions | undefined): Promise<boolean> {
  try {
    await connection.call(domainAbortJob, { dom: refOf(noDomain) }, options);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof LibvirtError)) throw thrown;
    const { code } = thrown.libvirt;
    return code !== libvirtErrorCodes.operationDenied && code !== libvirtErrorCodes.accessDenied;
  }
}
