import { DroverError } from '#shared/contract/errors.ts';
import type { WorldFault } from '#shared/model/simulation.ts';
import { uplinkName } from '../hosts/links.ts';
import { closePath, openPath } from '../hosts/path.ts';
import { uplinksOf } from '../hosts/switches.ts';
import { shareLinks } from '../migrations/flows.ts';
import type { World } from '../state/world.ts';

type SwitchFault = Extract<WorldFault, { readonly switch: string }>;

/**
 * A switch's uplink is cut, slowed or mended: whatever hangs below it reaches each other as before.
 * @throws DroverError `not-found`
 */
export function strikeSwitch(world: World, fault: SwitchFault): void {
  const uplink = world.state.switches[fault.switch];
  if (uplink === undefined) throw noSuchUplink(world, fault.switch);
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

function noSuchUplink(world: World, name: string): DroverError {
  const names = Object.keys(world.state.switches);
  return new DroverError({
    code: 'not-found',
    tried: `Find the uplink of the switch ${name} in this simulated cluster`,
    cause: names.length === 0 ? 'it has no switches with uplinks' : 'it has none of that name',
    next: names.length === 0 ? 'Break the link of a host instead' : `Choose one of: ${names.join(', ')}`,
  });
}

function asBuilt(world: World, name: string): number {
  const found = world.scenario.switches.find((each) => each.name === name);
  return found?.uplink?.bitsPerSecond ?? Number.POSITIVE_INFINITY;
}
