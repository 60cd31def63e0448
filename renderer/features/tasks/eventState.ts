import type { ActivityEvent, ActivityEventKind } from '#shared/model/event.ts';
import type { Shape } from '../../ui/StateChip.tsx';
import { hostHref, vmHref } from '../inventory.ts';

export const eventStates: Readonly<Record<ActivityEventKind, readonly [Shape, string]>> = {
  'vm-started': ['active', 'Started'],
  'vm-stopped': ['inactive', 'Stopped'],
  'vm-paused': ['paused', 'Paused'],
  'vm-resumed': ['active', 'Resumed'],
  'vm-suspended': ['suspended', 'Suspended'],
  'vm-moved': ['moving', 'Moved'],
  'vm-appeared': ['inactive', 'Defined'],
  'vm-gone': ['unknown', 'Gone'],
  'host-lost': ['failed', 'Lost'],
  'host-back': ['active', 'Back'],
};

/** Where what an event is about can be seen; undefined where that is gone with its host. */
export function eventHref({ vmId, kind, hostIds }: ActivityEvent): string | undefined {
  if (vmId !== undefined && kind !== 'vm-gone') return vmHref(vmId);
  const [host] = hostIds;
  return host === undefined ? undefined : hostHref(host);
}
