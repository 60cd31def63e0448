import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { uplinksBetween } from './switches.ts';

/** What is left of an Ethernet frame of 1500 bytes for what TCP carries. */
const payloadShare = 0.94;
const bitsPerByte = 8;

/** One way of a link: all are full duplex, so each is two. */
export interface OneWay {
  readonly name: string;
  readonly bytesPerSecond: number;
  /** Whose card it is; of a switch's uplink, its name among them. No host is called so. */
  readonly host?: HostState;
  readonly uplink?: string;
}

/** What a host's card carries, each way. */
export function nicBytesPerSecond({ linkBitsPerSecond }: HostState): number {
  return (linkBitsPerSecond / bitsPerByte) * payloadShare;
}

/** What goes from one host to another crosses, in order: card, uplinks of switches up and down, card. */
export function linksBetween(world: World, from: HostState, to: HostState): readonly OneWay[] {
  const { up, down } = uplinksBetween(world, from, to);
  const links: OneWay[] = [{ name: `${from.name}/up`, bytesPerSecond: nicBytesPerSecond(from), host: from }];
  for (const name of up) links.push(uplinkOf(world, name, 'up'));
  for (const name of down) links.push(uplinkOf(world, name, 'down'));
  links.push({ name: `${to.name}/down`, bytesPerSecond: nicBytesPerSecond(to), host: to });
  return links;
}

/** What a switch's uplink is called where links are shared. */
export const uplinkName = (name: string): string => `uplink of ${name}`;

function uplinkOf(world: World, name: string, way: 'up' | 'down'): OneWay {
  const uplink = uplinkName(name);
  const { bitsPerSecond } = world.state.switches[name] ?? { bitsPerSecond: 0 };
  return {
    name: `${uplink}/${way}`,
    bytesPerSecond: (bitsPerSecond / bitsPerByte) * payloadShare,
    uplink,
  };
}
