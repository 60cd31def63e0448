import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import { worldProtocol } from '#shared/contract/worldContract.ts';
import type { Happening } from '#shared/model/happening.ts';
import { keepCounters } from '../hosts/counting.ts';
import type { TransferState } from '../migrations/transferState.ts';
import type { Evacuation } from '../operator/evacuating.ts';
import type { OperatorMove } from '../operator/moving.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { GuestWorkload } from '../scenario/workload.ts';
import type { HostState, ScheduledEvent, StoreState, SurgeState, UplinkState, WorldState } from './state.ts';
import type { World } from './world.ts';

/** The world as text; the same world is the same text, whoever has asked it for figures meanwhile. */
export function stateText(world: World): string {
  keepCounters(world);
  return JSON.stringify(world.snapshot());
}

const versionSchema = z.object({ version: z.number().int() });
const headSchema = z.object({ scenario: z.string() });
const seedSchema = z.object({ seed: z.number() });

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const named = <Part>() => z.record(z.string(), z.custom<Part>(isObject));
/** That nothing is missing, in the order of the first state; what is in it was written by this very version. */
const stateSchema = z.object({
  version: z.literal(worldProtocol),
  scenario: z.string(),
  seed: z.number(),
  startedAt: z.number(),
  now: z.number(),
  clock: z.object({ rate: z.number(), paused: z.boolean() }),
  lastNumber: z.number(),
  hosts: named<HostState>(),
  stores: named<StoreState>(),
  transfers: named<TransferState>(),
  switches: named<UplinkState>(),
  moves: named<OperatorMove>(),
  evacuations: named<Evacuation>(),
  happenings: z.array(z.custom<Happening>(isObject)),
  workloads: named<GuestWorkload>(),
  surges: z.array(z.custom<SurgeState>(isObject)),
  scheduled: z.array(z.custom<ScheduledEvent>(isObject)),
} satisfies Record<keyof WorldState, z.ZodType>);

/**
 * What an earlier process wrote down. All sessions of that time are gone.
 * @throws DroverError `world-unusable` where it is of another version or scenario, or damaged
 */
export function readState(text: string, scenario: Scenario, folder: string): WorldState {
  const { read, scenario: name } = headOf(text, folder);
  if (name !== scenario.name) {
    throw unusable(folder, `it holds a world of the scenario ${name}, not ${scenario.name}`);
  }
  const state = stateSchema.safeParse(read);
  if (!state.success) throw unusable(folder, 'its state is damaged and cannot be read');
  return state.data;
}

/** The seed that a kept world was made with. @throws DroverError `world-unusable` */
export function seedOf(text: string, folder: string): number {
  const head = seedSchema.safeParse(headOf(text, folder).read);
  if (!head.success) throw unusable(folder, 'its state is damaged and cannot be read');
  return head.data.seed;
}

function headOf(text: string, folder: string) {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw unusable(folder, 'its state is damaged and cannot be read');
  }
  const versioned = versionSchema.safeParse(read);
  if (!versioned.success) throw unusable(folder, 'its state is damaged and cannot be read');
  const { version } = versioned.data;
  if (version !== worldProtocol) {
    throw unusable(
      folder,
      `it was kept by a Drover that speaks version ${version} of the protocol, and this one speaks version ${worldProtocol}`,
    );
  }
  const head = headSchema.safeParse(read);
  if (!head.success) throw unusable(folder, 'its state is damaged and cannot be read');
  return { ...head.data, read };
}

function unusable(folder: string, cause: string): DroverError {
  return new DroverError({
    code: 'world-unusable',
    tried: `Go on with the simulated cluster in ${folder}`,
    cause,
    next: `Remove ${folder}/state.json to start it anew, or choose another folder`,
  });
}
