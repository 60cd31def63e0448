import { buildLab, destroyLab, type LabWish } from './build.ts';
import { askGuest, type CounterReading, type Observer, watchCounter } from './counter.ts';
import { cutConnections } from './cutConnections.ts';
import * as guests from './guests.ts';
import type { GuestWish } from './guestXml.ts';
import * as hosts from './hosts.ts';
import {
  guestOf,
  hostOf,
  type LabDescription,
  type LabGuest,
  type LabHost,
  requireLab,
  writeLab,
} from './labState.ts';
import * as network from './network.ts';
import type { ProgramOptions } from './runProgram.ts';

export type { HostWish, LabWish } from './build.ts';
export type { CounterReading, Observation, Observer } from './counter.ts';
export { type Distance, startDistance } from './distance.ts';
export type { GuestWish } from './guestXml.ts';
export { guestXml } from './guestXml.ts';
export { LabError } from './labError.ts';
export type { LabDescription, LabGuest, LabHost } from './labState.ts';
export { whyNoLab } from './requirements.ts';

export interface LabStatus {
  readonly name: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly address: string;
    readonly running: boolean;
    readonly link: 'up' | 'down';
    readonly rateMbit: number | null;
  }[];
  readonly guests: readonly {
    readonly name: string;
    readonly address: string;
    /** Whether its counter answers right now. */
    readonly answers: boolean;
    readonly seen: readonly guests.GuestSighting[];
  }[];
}

/** A running lab. Every verb names hosts and guests by name and throws LabError when it cannot be done. */
export interface Lab {
  readonly description: () => LabDescription;
  readonly host: (name: string) => LabHost;
  readonly guest: (name: string) => LabGuest;
  readonly status: () => Promise<LabStatus>;
  readonly down: () => Promise<void>;

  /** A power cut. */
  readonly kill: (host: string) => Promise<void>;
  readonly revive: (host: string) => Promise<void>;
  /** Limits the host's cable each way; undefined takes the limit away. */
  readonly link: (host: string, rateMbit: number | undefined) => Promise<void>;
  /** Pulls the host's cable, or plugs it in again. */
  readonly cut: (host: string) => Promise<void>;
  readonly heal: (host: string) => Promise<void>;
  /** A firewall there drops TCP to these ports, as long as the lab lives. */
  readonly closePorts: (host: string, first: number, last: number) => Promise<void>;
  /** The host forgets the workstation's SSH connections without a word to it; returns how many there were. */
  readonly cutConnections: (host: string) => Promise<number>;

  /** Runs a command on the host as root: its standard output, or LabError with what it said. */
  readonly exec: (host: string, command: readonly string[], options?: ProgramOptions) => Promise<string>;
  /** The same, whatever the exit code. */
  readonly tryExec: (
    host: string,
    command: readonly string[],
    options?: ProgramOptions,
  ) => ReturnType<typeof hosts.tryOnHost>;
  readonly virsh: (host: string, parameters: readonly string[], input?: string) => Promise<string>;
  readonly stopLibvirt: (host: string, options?: { readonly force?: boolean }) => Promise<void>;
  readonly startLibvirt: (host: string) => Promise<void>;
  readonly restartLibvirt: (host: string, options?: { readonly force?: boolean }) => Promise<void>;

  /** Makes the guest's disk and defines it on the host, without starting it. */
  readonly defineGuest: (host: string, wish: GuestWish) => Promise<LabGuest>;
  /** Starts it where it is defined and resolves when it answers on the network. */
  readonly startGuest: (guest: string) => Promise<void>;
  /** Pulls its plug, or presses its power button and waits until it is off. */
  readonly stopGuest: (guest: string, options?: { readonly graceful?: boolean }) => Promise<void>;
  /** Stops it, undefines it on every living host and deletes its disk. */
  readonly removeGuest: (guest: string) => Promise<void>;
  /** Asks virsh on every living host. */
  readonly sightings: (guest: string) => Promise<readonly guests.GuestSighting[]>;
  readonly setLoad: (guest: string, dirtyMiB: number, rateMiBPerSecond: number) => Promise<void>;
  /** Whether it obeys or ignores its power button from now on. */
  readonly setPower: (guest: string, does: 'obey' | 'ignore') => Promise<void>;
  readonly ask: (guest: string, deadlineMs?: number) => Promise<CounterReading | undefined>;
  readonly watch: (guest: string) => Promise<Observer>;
}

/** Builds a lab and returns its verbs. Name it after the test file: labs of different names do not disturb each other. */
export async function startLab(wish: LabWish): Promise<Lab> {
  return labOf(await buildLab(wish));
}

/** The verbs of a lab that is there already. */
export async function openLab(name: string): Promise<Lab> {
  return labOf(await requireLab(name));
}

function labOf(built: LabDescription): Lab {
  let lab = built;
  const host = (name: string): LabHost => hostOf(lab, name);
  const guest = (name: string): LabGuest => guestOf(lab, name);
  const restartLibvirt: Lab['restartLibvirt'] = async (name, options) => {
    await hosts.stopLibvirt(host(name), options?.force);
    await hosts.startLibvirt(host(name));
  };
  const stopGuest: Lab['stopGuest'] = async (name, options) => {
    const where = await guests.whereIs(lab, name);
    if (!options?.graceful) {
      await guests.virsh(where, ['destroy', name]);
      return;
    }
    await guests.virsh(where, ['shutdown', '--mode', 'acpi', name]);
    await guests.awaitState(where, name, 'shut off');
  };
  const remember = async (changed: LabDescription): Promise<void> => {
    lab = changed;
    await writeLab(changed);
  };
  return {
    description: () => lab,
    host,
    guest,
    status: () => statusOf(lab),
    down: () => destroyLab(lab.name),
    kill: (name) => hosts.killHost(lab, host(name)),
    revive: (name) => hosts.reviveHost(lab, host(name)),
    link: (name, rateMbit) => network.setLinkRate(lab, host(name), rateMbit),
    cut: (name) => network.setLink(lab, host(name), 'down'),
    heal: (name) => network.setLink(lab, host(name), 'up'),
    closePorts: (name, first, last) => network.closePorts(host(name), first, last),
    cutConnections: (name) => cutConnections(lab, host(name)),
    exec: async (name, command, options) => await hosts.onHost(host(name), command, options),
    tryExec: async (name, command, options) => await hosts.tryOnHost(host(name), command, options),
    virsh: async (name, parameters, input) => await guests.virsh(host(name), parameters, input),
    stopLibvirt: (name, options) => hosts.stopLibvirt(host(name), options?.force),
    startLibvirt: (name) => hosts.startLibvirt(host(name)),
    restartLibvirt,
    defineGuest: async (name, wish) => {
      const planned = guests.planGuest(lab, host(name), wish);
      await remember({ ...lab, guests: [...lab.guests, planned] });
      await guests.defineOnHost(host(name), planned, wish);
      return planned;
    },
    startGuest: async (name) => {
      await guests.virsh(await guests.whereIs(lab, name), ['start', name]);
      await guests.awaitGuest(guest(name));
    },
    stopGuest,
    removeGuest: async (name) => {
      await guests.removeFromHosts(lab, guest(name));
      await remember({ ...lab, guests: lab.guests.filter((one) => one.name !== name) });
    },
    sightings: async (name) => await guests.sightings(lab, guest(name).name),
    setLoad: (name, dirtyMiB, rate) => guests.setGuestLoad(guest(name), dirtyMiB, rate),
    setPower: (name, does) => guests.setGuestPower(guest(name), does),
    ask: (name, deadlineMs) => askGuest(guest(name), '', deadlineMs),
    watch: (name) => watchCounter(guest(name)),
  };
}

async function statusOf(lab: LabDescription): Promise<LabStatus> {
  const plugged = await network.pluggedHosts(lab);
  const [hostStates, guestStates] = await Promise.all([
    Promise.all(
      lab.hosts.map(async (host) => ({
        name: host.name,
        address: host.address,
        running: hosts.initOf(host) !== undefined,
        link: plugged.has(host.name) ? ('up' as const) : ('down' as const),
        rateMbit: await network.linkRateMbit(host),
      })),
    ),
    Promise.all(
      lab.guests.map(async (guest) => ({
        name: guest.name,
        address: guest.address,
        answers: (await askGuest(guest)) !== undefined,
        seen: await guests.sightings(lab, guest.name),
      })),
    ),
  ]);
  return { name: lab.name, hosts: hostStates, guests: guestStates };
}
