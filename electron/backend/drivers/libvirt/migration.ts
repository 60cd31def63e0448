import type { CallOptions } from '../drivers.ts';
import type { CpuCompatibility, MigrationDriver, ReachResult } from '../migration.ts';
import { parseXml } from '../xml/xmlDocument.ts';
import { refOf } from './domains.ts';
import { asCompatibility, capabilitiesXml, compareHostCpu, elementText, hostCpuOf } from './hostCpu.ts';
import type { HostLink } from './hostLink.ts';
import { jobOf, openDestinationEnd, openSourceEnd } from './migrationEnds.ts';
import { missingNetworks } from './migrationNetworks.ts';
import { migrationPortsOf, qemuConfScript, qemuSettings } from './qemuConf.ts';
import {
  abortJobFlags,
  connectCompareHypervisorCpu,
  domainAbortJob,
  domainAbortJobFlags,
  domainGetXmlDesc,
  domainMigrateStartPostCopy,
  xmlFlags,
} from './rpc/rpc.ts';
import { quote } from './ssh/shell.ts';

const reachSeconds = 3;
const failIncompatible = 1;

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
    hostCpuXml: async (options) => hostCpuOf(await capabilitiesXml(link.channels().control, options)),
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
  // A guest that was given its host's very CPU needs one here that is no less.
  if (mode === 'host-passthrough' || mode === 'maximum')
    return await compareHostCpu(control, from.hostCpuXml, options);
  return await asCompatibility('its CPU lacks what the VM was started with', async () => {
    const { result } = await control.call(
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
    return result;
  });
}

async function portRange(
  link: HostLink,
  options: CallOptions | undefined,
): Promise<{ readonly first: number; readonly last: number }> {
  const { stdout } = await link.login().exec(qemuConfScript, options ?? {});
  return migrationPortsOf(qemuSettings(stdout));
}
