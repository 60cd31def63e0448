import type { InspectionDriver } from '../drivers.ts';
import type { HostLink } from './hostLink.ts';

/** What a host says of itself when it is looked over. */
export function libvirtInspection(_link: HostLink): InspectionDriver {
  const notBuilt = async () => {
    throw new Error('not built on this branch');
  };
  return { inspect: notBuilt, resolves: notBuilt, offersCpu: notBuilt };
}
