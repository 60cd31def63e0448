import type { CallOptions } from '../drivers.ts';
import type { CpuCompatibility } from '../migration.ts';
import { parseXml } from '../xml/xmlDocument.ts';
import {
  connectBaselineCpu,
  connectCompareCpu,
  connectGetCapabilities,
  type LibvirtConnection,
  LibvirtError,
  libvirtErrorCodes,
} from './rpc/rpc.ts';

const failIncompatible = 1;
const incompatible = 0;
const expandFeatures = 1;

/** The first time after its start libvirtd runs every QEMU once to see what it can do. */
const capabilitiesDeadlineMs = 30_000;

export async function capabilitiesXml(
  connection: LibvirtConnection,
  options: CallOptions | undefined,
): Promise<string> {
  const asked = { deadlineMs: capabilitiesDeadlineMs, ...options };
  return (await connection.call(connectGetCapabilities, undefined, asked)).capabilities;
}

/** The host's own CPU in a capabilities document, as it stands there. */
export function hostCpuOf(capabilities: string): string {
  return elementText(capabilities, 'cpu') ?? '<cpu/>';
}

/** Whether a host offers all that another host's CPU does, which a guest given that very CPU needs. */
export async function compareHostCpu(
  connection: LibvirtConnection,
  hostCpuXml: string,
  options: CallOptions | undefined,
): Promise<CpuCompatibility> {
  return await asCompatibility('its CPU lacks what that host has', async () => {
    const { result } = await connection.call(
      connectCompareCpu,
      { xml: hostCpuXml, flags: failIncompatible },
      options,
    );
    return result;
  });
}

/** A comparison of libvirt's as a verdict. What a hypervisor cannot compare beforehand it is left to judge itself. */
export async function asCompatibility(
  cause: string,
  compare: () => Promise<number>,
): Promise<CpuCompatibility> {
  try {
    return (await compare()) === incompatible ? { compatible: false, cause } : { compatible: true };
  } catch (thrown) {
    if (!(thrown instanceof LibvirtError)) throw thrown;
    const { code, text } = thrown.libvirt;
    if (code === libvirtErrorCodes.cpuIncompatible) return { compatible: false, cause: text };
    if (code === libvirtErrorCodes.noSupport || code === libvirtErrorCodes.configUnsupported)
      return { compatible: true };
    throw thrown;
  }
}

/** All flags of a host's CPU under libvirt's names; those that its model implies are not in the document itself. */
export async function cpuFlagsOf(
  connection: LibvirtConnection,
  hostCpuXml: string,
  options: CallOptions | undefined,
): Promise<readonly string[]> {
  try {
    const { cpu } = await connection.call(
      connectBaselineCpu,
      { xmlCPUs: [hostCpuXml], flags: expandFeatures },
      options,
    );
    return featuresOf(cpu);
  } catch (thrown) {
    if (!(thrown instanceof LibvirtError)) throw thrown;
    return featuresOf(hostCpuXml);
  }
}

function featuresOf(cpuXml: string): readonly string[] {
  return parseXml(cpuXml, 'cpu')
    .children('feature')
    .filter((feature) => feature.attribute('policy') !== 'disable')
    .flatMap((feature) => feature.attribute('name') ?? [])
    .sort();
}

/** An element as it stands in the document; the first of that name. */
export function elementText(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>[\\s\\S]*?</${name}>)`).exec(xml)?.[0];
}
