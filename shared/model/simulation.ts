import { z } from 'zod';
import { errorDataSchema } from '../contract/errors.ts';
import { happeningSchema } from './happening.ts';

/** What a person chooses a scenario by; the world holds the scenario itself. */
export interface ScenarioSummary {
  readonly name: string;
  readonly title: string;
  /** Two sentences: what is there, and what is worth watching. */
  readonly story: string;
  readonly hosts: number;
  readonly vms: number;
}

export const builtInScenarios: readonly ScenarioSummary[] = [
  {
    name: 'two-servers',
    title: 'Two servers',
    story:
      'Server A and Server B share storage and run six VMs with different guests and loads. Move one while it runs, or cut the power of a server and see what becomes of the rest.',
    hosts: 2,
    vms: 6,
  },
  {
    name: 'web-shop',
    title: 'Web shop',
    story:
      'The web, cache and database partitions of a shop run on six hosts on a Friday evening. Half a minute in its visitors come, and the three web hosts run short of CPU while others have room: the moves are yours.',
    hosts: 6,
    vms: 22,
  },
  {
    name: 'patch-night',
    title: 'Patch night',
    story:
      'Six hosts with 36 VMs are patched on a Sunday night: each is emptied, switched off and on again. The first moves begin after twenty seconds, and at x10 the whole night passes within four minutes.',
    hosts: 6,
    vms: 36,
  },
  {
    name: 'noisy-neighbours',
    title: 'Noisy neighbours',
    story:
      'Web servers and databases run on four hosts, and on host-1 five batch jobs beside them. Within half a minute these begin to compute and their neighbours wait for CPU: Drover does not balance yet, so the moves are yours.',
    hosts: 4,
    vms: 23,
  },
  {
    name: 'quiet-weekend',
    title: 'Quiet weekend',
    story:
      'Eight hosts serve an office that goes home on Friday at six. Within the first minute its desktops shut down, and what is left would fit on two hosts: Drover does not manage power yet, so to empty the others and switch them off is up to you.',
    hosts: 8,
    vms: 64,
  },
  {
    name: 'campus',
    title: 'Campus',
    story:
      'Four buildings with 16 hosts each carry the 800 VMs of a university, of all kinds and sizes. Half a minute in, at eight on a Monday, 100 laboratory guests start at once in the north building and the desktops wake up.',
    hosts: 64,
    vms: 800,
  },
  {
    name: 'data-centre',
    title: 'Data centre',
    story:
      'Fifty racks of 20 hosts carry 10,000 VMs, each with a day of CPU use in the shape of the PlanetLab recordings. One rack after the other is emptied for its upgrade, from the first minute on and with 20 VMs under way at a time.',
    hosts: 1000,
    vms: 10_000,
  },
  {
    name: 'bad-day',
    title: 'Bad day',
    story:
      'Five hosts with 24 VMs have a day on which everything comes at once. Within three minutes a guest hangs, a link slows down, a host loses its power, another its link, and a store fills up: the answers are yours.',
    hosts: 5,
    vms: 24,
  },
];

/** Simulated milliseconds for each real one. */
export const clockRates = [1, 10, 60, 600] as const;

/**
 * A reading of a simulated cluster's clock: between two readings simulated time runs at `rate`. A clock is slower than
 * was chosen (at most x1) while a migration waits for a console, so that a console's own milliseconds do not become
 * seconds of downtime.
 */
export const clockReadingSchema = z
  .object({
    /** Simulated time, milliseconds since 1970. */
    at: z.number(),
    /** Simulated milliseconds for each real one, as it runs now; 0 while paused. */
    rate: z.number().min(0),
    /** What the operator chose, 1 to 600. */
    chosenRate: z.number().min(1).max(600),
    paused: z.boolean(),
  })
  .readonly();

export const hostPowerSchema = z.enum(['on', 'starting', 'off']);

export const hostLinkSchema = z
  .object({
    cut: z.boolean(),
    /** What the link carries now, bits per second each way. */
    rateBitsPerSecond: z.number(),
    /** Below what the scenario gave it. */
    slowed: z.boolean(),
  })
  .readonly();

export const simulatedHostSchema = z
  .object({
    /** As the scenario calls it; the last part of `sim://world/host`. */
    name: z.string(),
    power: hostPowerSchema,
    link: hostLinkSchema,
    /** One way between the workstation and the host, milliseconds. */
    distanceMs: z.number(),
    /** Domains whose guest is hung, by UUID. */
    hung: z.array(z.string()).readonly(),
  })
  .readonly();

/** What breaks, or is mended, on demand. `host` and `uuid` as the world knows them. */
export const worldFaultSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('power-off'), host: z.string() }).readonly(),
  z.object({ kind: z.literal('power-on'), host: z.string() }).readonly(),
  z.object({ kind: z.literal('cut-link'), host: z.string() }).readonly(),
  z
    .object({ kind: z.literal('slow-link'), host: z.string(), rateBitsPerSecond: z.number().min(1e5) })
    .readonly(),
  /** As the scenario gave it: whole and fast. */
  z.object({ kind: z.literal('mend-link'), host: z.string() }).readonly(),
  /** The workstation is this far from the host; 0 takes it back. */
  z
    .object({ kind: z.literal('distance'), host: z.string(), oneWayMs: z.number().min(0).max(10_000) })
    .readonly(),
  /** Every connection between consoles and the host breaks at once; both ends notice. */
  z.object({ kind: z.literal('drop-connections'), host: z.string() }).readonly(),
  /** A switch's uplink: whatever hangs below it reaches each other as before. */
  z.object({ kind: z.literal('cut-switch'), switch: z.string() }).readonly(),
  z
    .object({ kind: z.literal('slow-switch'), switch: z.string(), rateBitsPerSecond: z.number().min(1e5) })
    .readonly(),
  z.object({ kind: z.literal('mend-switch'), switch: z.string() }).readonly(),
  z.object({ kind: z.literal('restart-libvirt'), host: z.string() }).readonly(),
  /** The guest's kernel dies: its domain ends as crashed. */
  z.object({ kind: z.literal('crash-vm'), host: z.string(), uuid: z.string() }).readonly(),
  /** The guest spins and answers nobody: no shutdown, no agent, no network. */
  z.object({ kind: z.literal('hang-vm'), host: z.string(), uuid: z.string() }).readonly(),
  z.object({ kind: z.literal('unhang-vm'), host: z.string(), uuid: z.string() }).readonly(),
]);

/** Of one moment; a whole group may be started at once. */
export const mostTold = 100;

/** What a world tells of itself beside what its hosts tell: everything a simulated cluster has and a real one has not. */
export const worldStatusSchema = z
  .object({
    clock: clockReadingSchema,
    /** Consoles that are connected, the asking one among them. */
    consoles: z.number().int(),
    hosts: z.array(simulatedHostSchema).readonly(),
    /** What its timeline has next, in a few words, and when; left out once that is through. */
    nextEvent: z.object({ at: z.number(), title: z.string() }).readonly().exactOptional(),
  })
  .readonly();

/** Where a jump has led, and what happened there; nothing where a day has passed without. */
export const clockJumpSchema = z
  .object({
    /** Simulated time, milliseconds since 1970. */
    at: z.number(),
    happenings: z.array(happeningSchema).max(mostTold).readonly(),
    /** How many more there were in that moment. */
    more: z.number().int().min(0),
  })
  .readonly();

/** A simulated cluster's world, as a console stands with it. */
export const simulationSchema = z
  .object({
    scenario: z.string(),
    title: z.string(),
    /** As its world told it; unknown before that was reached, and left out where the scenario has none. */
    story: z.string().exactOptional(),
    seed: z.number().int(),
    /** `lost`: its process ended or hangs, so nothing of it is known now. */
    standing: z.enum(['starting', 'running', 'lost']),
    error: errorDataSchema.exactOptional(),
    status: worldStatusSchema.exactOptional(),
    /** Wall clock of the console when the status was read. */
    readAt: z.number().exactOptional(),
  })
  .readonly();

export type ClockReading = z.infer<typeof clockReadingSchema>;
export type SimulatedHost = z.infer<typeof simulatedHostSchema>;
export type WorldFault = z.infer<typeof worldFaultSchema>;
export type ClockJump = z.infer<typeof clockJumpSchema>;
export type WorldStatus = z.infer<typeof worldStatusSchema>;
export type Simulation = z.infer<typeof simulationSchema>;

/** Simulated time at a moment of the console's wall clock. */
export function simulatedTime({ status, readAt }: Simulation, now: number): number | undefined {
  if (status === undefined || readAt === undefined) return undefined;
  return status.clock.at + Math.max(0, now - readAt) * status.clock.rate;
}
