import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import { worldProtocol } from '#shared/contract/worldContract.ts';
import { readCounters } from '../hosts/counting.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { WorldState } from './state.ts';
import type { World } from './world.ts';

/** The world as text; the same world is the same text, whoever has asked it for figures meanwhile. */
export function stateText(world: World): string {
  for (const host of world.hosts()) readCounters(world, host);
  return JSON.stringify(world.snapshot());
}

const headSchema = z.object({ version: z.number().int(), scenario: z.string() });

/**
 * What an earlier process wrote down. All sessions of that time are gone.
 * @throws DroverError `world-unusable` where it is of another version or scenario, or damaged
 */
export function readState(text: string, scenario: Scenario, folder: string): WorldState {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw unusable(folder, 'its state is damaged and cannot be read');
  }
  const head = headSchema.safeParse(read);
  if (!head.success) throw unusable(folder, 'its state is damaged and cannot be read');
  const { version, scenario: name } = head.data;
  if (version !== worldProtocol) {
    throw unusable(
      folder,
      `it was kept by a Drover that speaks version ${version} of the protocol, and this one speaks version ${worldProtocol}`,
    );
  }
  if (name !== scenario.name) {
    throw unusable(folder, `it holds a world of the scenario ${name}, not ${scenario.name}`);
  }
  // Written by this very version of the program.
  return read as WorldState;
}

function unusable(folder: string, cause: string): DroverError {
  return new DroverError({
    code: 'world-unusable',
    tried: `Go on with the simulated cluster in ${folder}`,
    cause,
    next: `Remove ${folder}/state.json to start it anew, or choose another folder`,
  });
}
