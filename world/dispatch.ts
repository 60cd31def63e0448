import { guestDue } from './domains/guest.ts';
import { saved } from './domains/saving.ts';
import { restored } from './domains/starting.ts';
import { countUp, settle } from './hosts/counting.ts';
import { libvirtEnds, libvirtUp } from './hosts/libvirtRestart.ts';
import { hostUp } from './hosts/powering.ts';
import { surgeOver } from './hosts/surges.ts';
import { connectTimeout, tryToConnect } from './migrations/connecting.ts';
import { instanceEnded, pathChanged, transferResumes, transferTimeout } from './migrations/ends.ts';
import { arrived } from './migrations/finishing.ts';
import { paceGuests, shareLinks } from './migrations/flows.ts';
import { paceDue, transferDue } from './migrations/transferring.ts';
import { evacuationGoesOn } from './operator/evacuating.ts';
import { operatorMisses, operatorTidies } from './operator/losing.ts';
import { operatorLooks } from './operator/phases.ts';
import { timelineDue } from './operator/timeline.ts';
import type { WorldEvent } from './state/events.ts';
import type { HostState } from './state/state.ts';
import type { Rules, World } from './state/world.ts';
import { shareStore } from './storage/crowding.ts';
import { lookAtStore } from './storage/growing.ts';

export const rules: Rules = {
  due,
  loadsChanged(world, host) {
    countUp(world, host);
    paceGuests(world, host);
    shareLinks(world, host.name);
  },
  timePasses: settle,
  pathChanged,
  instanceEnded,
};

/** Whatever happens by itself, to the room that knows what it means. */
function due(world: World, event: WorldEvent): void {
  switch (event.kind) {
    case 'host-up':
      return inBoot(world, event, 'starting', (host) => hostUp(world, host));
    case 'libvirt-ends':
      return inBoot(world, event, 'on', (host) => libvirtEnds(world, host, event.patienceUntil));
    case 'libvirt-up':
      return inBoot(world, event, 'on', (host) => libvirtUp(world, host));
    case 'guest':
      return guestDue(world, event);
    case 'saved':
      return saved(world, event);
    case 'restored':
      return restored(world, event);
    case 'transfer':
      return transferDue(world, event.transfer, event.turn);
    case 'pace':
      return paceDue(world, event.transfer);
    case 'transfer-resumes':
      return transferResumes(world, event.transfer);
    case 'transfer-timeout':
      return transferTimeout(world, event.transfer, event.stalledSince);
    case 'connect':
      return tryToConnect(world, event);
    case 'connect-timeout':
      return connectTimeout(world, event);
    case 'timeline':
      return timelineDue(world, event.entry);
    case 'operator-looks':
      return operatorLooks(world, event.move);
    case 'evacuation-looks':
      return evacuationGoesOn(world, event.evacuation);
    case 'operator-misses':
      return operatorMisses(world, event.host, event.silentSince);
    case 'operator-tidies':
      return operatorTidies(world, event);
    case 'surge-over':
      return surgeOver(world, event.untilMs);
    case 'store':
      return lookAtStore(world, event.store, event.look);
    case 'store-shares':
      return shareStore(world, event.store);
    case 'arrived':
      return arrived(world, event);
    default:
      event satisfies never;
  }
}

/** What was meant for an earlier boot of a host is void. */
function inBoot(
  world: World,
  event: { readonly host: string; readonly boot: number },
  power: HostState['power'],
  run: (host: HostState) => void,
): void {
  const host = world.host(event.host);
  if (host?.boot === event.boot && host.power === power) run(host);
}
