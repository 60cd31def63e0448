import type { MigrationPhase } from '../../electron/backend/migration/environment.ts';
import type { GuestWish } from '../lab/startLab.ts';
import type { WishedOptions } from './droverStage.ts';
import type { MigrationStage } from './migrationStage.ts';

/** What the fault table needs of two hosts, real or simulated, beside the Drover that moves a guest between them. */
export interface FaultGround {
  readonly guest: string;
  readonly hosts: readonly [string, string];
  /** A guest that runs on one host and is known to no other. */
  provideGuest(): Promise<void>;
  /** Slow enough that each phase can be struck. */
  options(phase: MigrationPhase): WishedOptions;
  /** Makes the link of a host slow enough that post-copy can be struck. */
  slow(host: string): Promise<void>;
  /** Which hosts know the guest, and in which state, by a witness that is not Drover. */
  sightings(): Promise<readonly { readonly host: string; readonly state: string }[]>;
  /** A mark of the guest's boot, as the guest itself tells it; undefined where it does not answer. */
  bootMark(): Promise<string | undefined>;
  kill(host: string): Promise<void>;
  revive(host: string): Promise<void>;
  cut(host: string): Promise<void>;
  /** Link and distance as they were. */
  mend(host: string): Promise<void>;
  heal(host: string): Promise<void>;
  restartLibvirt(host: string): Promise<void>;
  loseConnections(host: string): Promise<void>;
  /** The workstation is so far from the host, one way. */
  setDistance(host: string, oneWayMs: number): Promise<void>;
  /** Of the hosts' own time. */
  pause(milliseconds: number): Promise<void>;
  /** How often the task is looked at; often enough that a doubt of a second of the hosts' own is seen. */
  readonly lookEveryMs: number;
}

const guestWish: GuestWish = { name: 'guest', memoryMiB: 112, dirtyMiB: 24, dirtyRateMiBPerSecond: 12 };
const slowMbit = 60;

/** Real hosts; the witness is virsh on each of them. */
export function labGround({ lab, distances }: MigrationStage): FaultGround {
  return {
    guest: guestWish.name,
    hosts: ['host-a', 'host-b'],
    async provideGuest() {
      const isKnown = lab.description().guests.some((guest) => guest.name === guestWish.name);
      if (isKnown) {
        const sightings = await lab.sightings(guestWish.name);
        const [only] = sightings;
        if (sightings.length === 1 && only?.state === 'running' && (await lab.ask(guestWish.name, 2000)))
          return;
        await lab.removeGuest(guestWish.name);
      }
      await lab.defineGuest('host-a', guestWish);
      await lab.startGuest(guestWish.name);
    },
    options: (phase) => (phase === 'post-copy' ? { postCopy: true } : { bandwidthMiBPerSecond: 24 }),
    slow: (host) => lab.link(host, slowMbit),
    sightings: () => lab.sightings(guestWish.name),
    bootMark: async () => (await lab.ask(guestWish.name, 3000))?.boot,
    kill: (host) => lab.kill(host),
    revive: (host) => lab.revive(host),
    cut: (host) => lab.cut(host),
    heal: (host) => lab.heal(host),
    async mend(host) {
      await lab.heal(host);
      await lab.link(host, undefined);
    },
    restartLibvirt: (host) => lab.restartLibvirt(host),
    loseConnections: async (host) => distances.get(host)?.lose(),
    setDistance: async (host, oneWayMs) => distances.get(host)?.setDelay(oneWayMs),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    lookEveryMs: 50,
  };
}
