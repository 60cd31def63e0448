import { byName } from '#shared/model/byName.ts';
import type { InspectionDriver } from '../drivers.ts';
import type { CpuCompatibility } from '../migration.ts';
import { parseXml } from '../xml/xmlDocument.ts';
import type { SimulatedHostLink } from './hostLink.ts';

export function simulatedInspection(link: SimulatedHostLink): InspectionDriver {
  const inspect: InspectionDriver['inspect'] = async (options) => {
    const seen = await link.ask(
      `Look ${link.name} over`,
      ({ client, session, options }) => client.host.inspect({ session }, options),
      options,
    );
    const ofKind = (kind: 'network' | 'bridge') => byName(seen.networks.filter((each) => each.kind === kind));
    return {
      ...seen,
      pools: byName(seen.pools),
      networks: [...ofKind('network'), ...ofKind('bridge')],
    };
  };
  return {
    inspect,
    resolves: (name, options) =>
      link.ask(
        `Look up ${name} on ${link.name}`,
        ({ client, session, options }) => client.host.resolves({ session, name }, options),
        options,
      ),
    async offersCpu(hostCpuXml, options) {
      const { cpuFlags } = await inspect(options);
      return offers(cpuFlags, hostCpuXml);
    },
  };
}

/** Whether a CPU with these flags has every feature that a host's `<cpu>` element names. */
export function offers(cpuFlags: readonly string[], hostCpuXml: string): CpuCompatibility {
  const has = new Set(cpuFlags);
  const lacking = parseXml(hostCpuXml, 'cpu')
    .children('feature')
    .filter((feature) => feature.attribute('policy') !== 'disable')
    .flatMap((feature) => feature.attribute('name') ?? [])
    .filter((name) => !has.has(name));
  return lacking.length === 0
    ? { compatible: true }
    : { compatible: false, cause: `its CPU lacks ${lacking.join(', ')}` };
}
