import type { Clock } from '../../electron/backend/clock/clock.ts';
import type { DomainEvent, HostDriver } from '../../electron/backend/drivers/drivers.ts';

/** Two hosts of one cluster that share a folder, seen through the drivers under test and, apart from them, by a witness. */
export interface Stage {
  readonly kind: 'libvirt' | 'simulator';
  readonly first: StageHost;
  readonly second: StageHost;
  readonly clock: Clock;
  /** As the hosts see them: the one is shared, the other each host's own. */
  readonly folders: { readonly shared: string; readonly local: string };
  readonly bandwidths: Bandwidths;
  /** A guest that runs on the first host, does not start with it, obeys its power button and is known nowhere else. */
  readonly guest: StageGuest;
  /** A definition as an operator would write it, of a guest that nobody knows yet, with a disk that exists. */
  definition(name: string): Promise<{ readonly xml: string; readonly uuid: string }>;
  /** Forgets what `definition` made. */
  forget(name: string): Promise<void>;
  /** Which hosts know the guest and in which state, by a witness that is not the driver: `host-a running`. */
  sightings(name: string): Promise<readonly string[]>;
  /** Makes the guest rewrite so much of its memory at that rate; 0 stops it. */
  setLoad(mebibytes: number, mebibytesPerSecond: number): Promise<void>;
  /** Waits until the running guest hears its power button, which it does not while it boots. */
  hears(): Promise<void>;
  close(): Promise<void>;
}

/** How fast memory is sent, MiB/s, for a guest of this size. */
export interface Bandwidths {
  /** So slow that what happens in mid-transfer can be asked about, and fast enough to come to an end. */
  readonly slow: number;
  /** Comes to an end while nobody asks. */
  readonly quick: number;
  /** One that is measured, while so many MiB are sent; there are more to send. */
  readonly capped: { readonly rate: number; readonly mebibytes: number };
  /** Slower than the guest writes under the load that the suite gives it. */
  readonly endless: number;
}

export interface StageGuest {
  readonly uuid: string;
  readonly name: string;
  readonly memoryMiB: number;
}

export interface StageHost {
  readonly name: string;
  readonly driver: HostDriver;
  /** Another driver of the same host, with connections of its own. */
  another(): HostDriver;
  /** A power cut. */
  kill(): Promise<void>;
  revive(): Promise<void>;
  cut(): Promise<void>;
  heal(): Promise<void>;
  restartLibvirt(): Promise<void>;
}

export type OpenStage = () => Promise<Stage>;

const patienceMs = 60_000;
const usuallyLookEveryMs = 30;

/** Looks until it is so; says what it waited for and what it saw last. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  isIt: (seen: T) => boolean,
  lookEveryMs = usuallyLookEveryMs,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(`waited ${patienceMs / 1000} s in vain for ${what}; it was ${JSON.stringify(seen)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** `active booted`, or `absent`. */
export async function stateOn(host: StageHost, uuid: string): Promise<string> {
  const seen = await host.driver.domains.state(uuid);
  return seen === undefined ? 'absent' : `${seen.state} ${seen.reason}`;
}

export async function untilState(host: StageHost, uuid: string, wanted: string | RegExp): Promise<void> {
  const isIt = (seen: string) => (typeof wanted === 'string' ? seen === wanted : wanted.test(seen));
  await until(`${wanted} on ${host.name}`, () => stateOn(host, uuid), isIt);
}

/** Where the guest is, and the other host: moves leave it on either. */
export async function ends({ first, second, guest }: Stage): Promise<readonly [StageHost, StageHost]> {
  return (await stateOn(first, guest.uuid)) === 'absent' ? [second, first] : [first, second];
}

/** What a host tells by itself from now on: what follows a list is told by an event, or it would be missed. */
export async function listen(
  host: StageHost,
): Promise<{ readonly heard: DomainEvent[]; readonly end: () => void }> {
  const heard: DomainEvent[] = [];
  const end = host.driver.domains.subscribe((event) => heard.push(event));
  await host.driver.domains.list();
  return { heard, end };
}
