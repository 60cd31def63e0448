import type { VmInterface } from '#shared/model/vmDetails.ts';
import { parseXml } from './xmlDocument.ts';

/** What a domain's document says of its interfaces and of who could tell their addresses. */
export interface InterfacesDocument {
  readonly interfaces: readonly {
    readonly mac: string;
    readonly link: VmInterface['link'];
    /** The host's end of it, while the domain runs. */
    readonly device?: string;
  }[];
  readonly agentConnected: boolean;
}

/** The channel of QEMU's guest agent. */
export const agentChannel = 'org.qemu.guest_agent.0';

export function parseInterfaces(xml: string): InterfacesDocument {
  const devices = parseXml(xml, 'domain').child('devices');
  return {
    interfaces: (devices?.children('interface') ?? []).map((each) => {
      const device = each.child('target')?.attribute('dev');
      return {
        mac: each.child('mac')?.attribute('address') ?? '',
        link: each.child('link')?.attribute('state') === 'down' ? 'down' : 'up',
        ...(device === undefined ? {} : { device }),
      };
    }),
    agentConnected: (devices?.children('channel') ?? []).some((channel) => {
      const target = channel.child('target');
      return target?.attribute('name') === agentChannel && target.attribute('state') === 'connected';
    }),
  };
}
