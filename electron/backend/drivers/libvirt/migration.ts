import type { CallOptions } from '../drivers.ts';
import type { CpuCompatibility, MigrationDriver, ReachResult } from '../migration.ts';
import { parseXml } from '../xml/xmlDocument.ts';
import { refOf } from './domains.ts';
import type { HostLink } from './hostLink.ts';
import { jobOf, openDestinationEnd, openSourceEnd } from './migrationEnds.ts';
import { missingNetworks } from './migrationNetworks.ts';
import {
  abortJobFlags,
  connectCompareCpu,
  connectCompareHypervisorCpu,
  connectGetCapabilities,
  domainAbortJob,
  domainAbortJobFlags,
  domainGetXmlDesc,
  domainMigrateStartPostCopy,
  LibvirtError,
  libvirtErrorCodes,
  xmlFlags,
} from './rpc/rpc.ts';
import { quote } from './ssh/shell.ts';

/** qemu.conf's own defaults. */
const defaultPorts = { first: 49_152, last: 49_215 };
const reachSeconds = 3;
const failIncompatible = 1;
const incompatible = 0;

export function libvirtMigration(link: HostLink): MigrationDriver {
  return {
    async openSource(uuid, options) {
      const connection = await link.open(options);
      try {
        return await openSourceEnd(connection, uuid, options);
      } catch (thrown) {
        await connection.close();
        throw thrown;
      }
    },
    openDestination: async (options) => openDestinationEnd(await link.open(options)),
    job: (uuid, options) => jobOf(link.channels().control, uuid, 0, options),
    async abort(uuid, options) {
      // Ahead of whatever waits its turn on that connection.
      await link.channels().control.call(domainAbortJob, { dom: refOf(uuid) }, { urgent: true, ...options });
    },
    async startPostCopy(uuid, options) {
      const { control } = link.channels();
      await control.call(domainMigrateStartPostCopy, { dom: refOf(uuid) }, { urgent: true, ...options });
    },
    async pausePostCopy(uuid, options) {
      const { control } = link.channels();
      const flags = abortJobFlags.postCopy;
      await control.call(domainAbortJobFlags, { dom: refOf(uuid), flags }, { urgent: true, ...options });
    },
    missingNetworks: (nics, options) => missingNetworks(link, nics, options),
    canReach: (address, port, options) => canReach(link, address, port, options),
    cpuCompatible: (from, options) => cpuCompatible(link, from, options),
    async hostCpuXml(options) {
      const { capabilities } = await link.channels().control.call(connectGetCapabilities, undefined, options);
      return elementText(capabilities, 'cpu') ?? '<cpu/>';
    },
    async migratableXml(uuid, options) {
      const { control } = link.channels();
      return (await control.call(domainGetXmlDesc, { dom: refOf(uuid), flags: xmlFlags.migratable }, options))
        .xml;
    },
    portRange: (options) => portRange(link, options),
  };
}

/**
 * Tries the port from this host's own shell. Refused at once is what a healthy destination says before a migration:
 * nothing listens yet, and nothing in between swallowed the question.
 */
async function canReach(
  link: HostLink,
  address: string,
  port: number,
  options: CallOptions | undefined,
): Promise<ReachResult> {
  const script = `export LC_ALL=C; timeout ${reachSeconds} bash -c ${quote(`exec 3<>/dev/tcp/${address}/${port}`)}`;
  const { code, stderr } = await link.login().exec(script, options ?? {});
  if (code === 0) return { reachable: true, how: 'open' };
  if (/refused/i.test(stderr)) return { reachable: true, how: 'closed' };
  if (code === 127 || /not found/i.test(stderr)) return { reachable: true, how: 'not-tried' };
  return {
    reachable: false,
    cause:
      code === 124
        ? `no answer from ${address} port ${port} within ${reachSeconds} s`
        : (stderr.trim().split('\n').at(-1) ?? '').replace(/^.*: /, ''),
  };
}

async function cpuCompatible(
  link: HostLink,
  from: { readonly domainXml: string; readonly hostCpuXml: string },
  options: CallOptions | undefined,
): Promise<CpuCompatibility> {
  const { control } = link.channels();
  const asked = elementText(from.domainXml, 'cpu');
  if (asked === undefined) return { compatible: true };
  const domain = parseXml(from.domainXml, 'domain');
  const type = domain.child('os')?.child('type');
  const mode = domain.child('cpu')?.attribute('mode');
  try {
    // A guest that was given its host's very CPU needs one here that is no less.
    const { result } =
      mode === 'host-passthrough' || mode === 'maximum'
        ? await control.call(connectCompareCpu, { xml: from.hostCpuXml, flags: failIncompatible }, options)
        : await control.call(
            connectCompareHypervisorCpu,
            {
              emulator: null,
              arch: type?.attribute('arch') ?? null,
              machine: type?.attribute('machine') ?? null,
              virttype: domain.attribute('type') ?? null,
              xmlCPU: asked,
              flags: failIncompatible,
            },
            options,
          );
    return result === incompatible
      ? { compatible: false, cause: 'its CPU lacks what the VM was started with' }
      : { compatible: true };
  } catch (thrown) {
    if (!(thrown instanceof LibvirtError)) throw thrown;
    const { code, text } = thrown.libvirt;
    if (code === libvirtErrorCodes.cpuIncompatible) return { compatible: false, cause: text };
    // A hypervisor that cannot compare beforehand is left to judge when it is asked to take the VM.
    if (code === libvirtErrorCodes.noSupport || code === libvirtErrorCodes.configUnsupported)
      return { compatible: true };
    throw thrown;
  }
}

/** An element as it stands in the document; the first of that name. */
function elementText(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>[\\s\\S]*?</${name}>)`).exec(xml)?.[0];
}

async function portRange(
  link: HostLink,
  options: CallOptions | undefined,
): Promise<{ readonly first: number; readonly last: number }> {
  const { stdout } = await link
    .login()
    .exec(
      `grep -E '^[[:space:]]*migration_port_(min|max)' /etc/libvirt/qemu.conf 2>/dev/null || true`,
      options ?? {},
    );
  const read = (name: string) => new RegExp(`${name}\\s*=\\s*"?(\\d+)`).exec(stdout)?.[1];
  return {
    first: Number(read('migration_port_min') ?? defaultPorts.first),
    last: Number(read('migration_port_max') ?? defaultPorts.last),
  };
}
