import { uplinkName } from '../hosts/links.ts';
import { closePath, openPath } from '../hosts/path.ts';
import { uplinksOf } from '../hosts/switches.ts';
import { shareLinks } from '../migrations/flows.ts';
import type { TimelineAction } from '../scenario/timeline.ts';
import type { World } from '../state/world.ts';

type SwitchFault = Extract<TimelineAction, { readonly kind: `${string}-switch` }>;

/** A switch's uplink is cut, slowed or mended: whatever hangs below it reaches each other as before. */
export function strikeSwitch(world: World, fault: SwitchFault): void {
  const uplink = world.state.switches[fault.switch];
  if (uplink === undefined) throw new Error(`${fault.switch} is no switch with an uplink`);
  switch (fault.kind) {
    case 'cut-switch':
      uplink.cut = true;
      break;
    case 'slow-switch':
      uplink.bitsPerSecond = Math.min(fault.rateBitsPerSecond, asBuilt(world, fault.switch));
      // No way is another for it.
      shareLinks(world, uplinkName(fault.switch));
      return world.changed();
    case 'mend-switch':
      uplink.cut = false;
      uplink.bitsPerSecond = asBuilt(world, fault.switch);
      break;
    default:
      fault satisfies never;
  }
  const below = world.hosts().filter((host) => uplinksOf(world, host).includes(fault.switch));
  // Each says itself which of both it is.
  for (const host of below) {
    closePath(world, host);
    openPath(world, host);
  }
  world.changed();
}

function asBuilt(world: World, name: string): number {
  const found = world.scenario.switches.find((each) => each.name === name);
  return found?.uplink?.bitsPerSecond ?? Number.POSITIVE_INFINITY;
}
