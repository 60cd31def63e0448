import { endInstance } from '../domains/instances.ts';
import { beginDomain } from '../domains/starting.ts';
import { noteHappening } from '../state/happenings.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { countAnew, countUp } from './counting.ts';
import { closePath, openPath } from './path.ts';

/** Firmware, kernel, network, libvirt. */
const hostBootsMs = 30_000;

/** Its plug is pulled: whatever is in it is gone, and nobody hears a word. */
export function powerOff(world: World, host: HostState): void {
  if (host.power === 'off') return;
  countUp(world, host);
  // First of all, so that nothing of what follows is heard by anybody.
  world.listeners.forgotten(host.name);
  host.power = 'off';
  host.libvirtRuns = false;
  closePath(world, host);
  for (const domain of Object.values(host.domains)) endInstance(world, host, domain, 'unspecified');
  countAnew(world, host);
  world.changed();
}

export function powerOn(world: World, host: HostState): void {
  if (host.power !== 'off') return;
  countUp(world, host);
  host.boot += 1;
  host.power = 'starting';
  world.schedule(hostBootsMs, { kind: 'host-up', host: host.name, boot: host.boot });
  world.changed();
}

/** It answers, and what is to start with it starts. */
export function hostUp(world: World, host: HostState): void {
  countUp(world, host);
  host.power = 'on';
  host.libvirtRuns = true;
  host.libvirtStarts += 1;
  host.bootedAt = world.now;
  openPath(world, host);
  noteHappening(world, { kind: 'host-up', object: host.name, outcome: 'done' });
  for (const domain of Object.values(host.domains)) {
    if (!domain.autostart || domain.instance !== undefined) continue;
    try {
      beginDomain(world, host, domain);
    } catch {
      // libvirt notes it in its log and goes on with the next.
    }
  }
  world.changed();
}
