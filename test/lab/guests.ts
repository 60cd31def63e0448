import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { askGuest } from './counter.ts';
import { completeWish, diskPathOf, type GuestWish, guestXml } from './guestXml.ts';
import { initOf, libvirtUri, onHost, tryOnHost } from './hosts.ts';
import { LabError } from './labError.ts';
import { hostOf, type LabDescription, type LabGuest, type LabHost } from './labState.ts';
import { until } from './pause.ts';
import { insideHost } from './places.ts';

const firstGuestNumber = 101;

/** libvirt's client on a host; what is given as `input` it may read from /dev/stdin. */
export function virsh(host: LabHost, parameters: readonly string[], input?: string): Promise<string> {
  const command = ['virsh', '-q', '-c', libvirtUri(host), ...parameters];
  // Node's pipes are sockets, which cannot be opened by name; cat's pipe can.
  return input === undefined
    ? onHost(host, command)
    : onHost(host, ['sh', '-c', 'cat | "$@"', 'sh', ...command], { input });
}

/** Works out name, UUID, address and MAC of the lab's next guest, without making it. */
export function planGuest(lab: LabDescription, host: LabHost, wish: GuestWish): LabGuest {
  const whole = completeWish(wish);
  if (lab.guests.some((guest) => guest.name === wish.name))
    throw new LabError(`Lab "${lab.name}" has a guest named ${wish.name} already. Choose another name.`);
  const taken = new Set(lab.guests.map((guest) => guest.address));
  let number = firstGuestNumber;
  while (taken.has(`10.77.${lab.index}.${number}`)) number++;
  if (number > 250)
    throw new LabError(`Lab "${lab.name}" has no address left for ${wish.name}: 150 guests are its most.`);
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  return {
    name: whole.name,
    uuid: wish.uuid ?? randomUUID(),
    host: host.name,
    address: `10.77.${lab.index}.${number}`,
    mac: `52:54:00:4d:${hex(lab.index)}:${hex(number)}`,
    counterPort: 7000,
    echoPort: 7001,
    memoryMiB: whole.memoryMiB,
    dirtyMiB: whole.dirtyMiB,
    dirtyRateMiBPerSecond: whole.dirtyRateMiBPerSecond,
    storage: whole.storage,
    disk: whole.storage === 'none' ? null : diskPathOf(whole.name, whole.storage),
  };
}

/** Makes the guest's disk, an overlay over the pool's small base image, and defines it on the host. */
export async function defineOnHost(host: LabHost, guest: LabGuest, wish: GuestWish): Promise<void> {
  if (guest.disk !== null && guest.storage !== 'none') {
    const base = `${guest.storage === 'shared' ? insideHost.sharedPool : insideHost.localPool}/base.qcow2`;
    const overlay = ['-f', 'qcow2', '-F', 'qcow2', '-b', base, guest.disk, `${completeWish(wish).diskMiB}M`];
    await onHost(host, ['qemu-img', 'create', '-q', ...overlay]);
  }
  await virsh(host, ['define', '/dev/stdin'], guestXml(wish, guest));
}

/** Resolves when the guest answers on the network. */
export async function awaitGuest(guest: LabGuest, deadlineMs = 60_000): Promise<void> {
  await until(
    `Guest ${guest.name} answering at ${guest.address}`,
    deadlineMs,
    () => askGuest(guest, '', 150),
    30,
  );
}

/** Changes how much memory the running guest rewrites and how fast. */
export async function setGuestLoad(
  guest: LabGuest,
  dirtyMiB: number,
  rateMiBPerSecond: number,
): Promise<void> {
  const done = await askGuest(guest, `dirty ${dirtyMiB} ${rateMiBPerSecond}`, 2000);
  if (!done)
    throw new LabError(
      `Guest ${guest.name} does not answer at ${guest.address}, so its load stays as it was.`,
    );
}

/** What the running guest does when its power button is pressed; it obeys until told otherwise, and after each boot. */
export async function setGuestPower(guest: LabGuest, does: 'obey' | 'ignore'): Promise<void> {
  if (await askGuest(guest, `power ${does}`, 2000)) return;
  throw new LabError(`Guest ${guest.name} does not answer at ${guest.address}, so it was not told.`);
}

export interface GuestSighting {
  readonly host: string;
  /** libvirt's words: running, paused, shut off ... */
  readonly state: string;
}

/** Asks virsh on every living host that runs libvirt which of them know the guest, and in which state. */
export async function sightings(lab: LabDescription, name: string): Promise<readonly GuestSighting[]> {
  const asked = await Promise.all(
    lab.hosts
      .filter((host) => initOf(host) !== undefined && existsSync(host.libvirtSocket))
      .map(async (host) => {
        const told = await tryOnHost(host, ['virsh', '-q', '-c', libvirtUri(host), 'domstate', name]);
        return told.exitCode === 0 ? [{ host: host.name, state: told.stdout.trim() }] : [];
      }),
  );
  return asked.flat();
}

/** The host that runs (or has paused) the guest; otherwise one that has it defined; LabError when none knows it. */
export async function whereIs(lab: LabDescription, name: string): Promise<LabHost> {
  const seen = await sightings(lab, name);
  const best =
    seen.find((one) => one.state === 'running') ?? seen.find((one) => one.state !== 'shut off') ?? seen[0];
  if (!best) throw new LabError(`No living host of lab "${lab.name}" knows guest ${name}.`);
  return hostOf(lab, best.host);
}

/** Waits until virsh on the host gives the guest this state. */
export async function awaitState(
  host: LabHost,
  name: string,
  state: string,
  deadlineMs = 30_000,
): Promise<void> {
  await until(`Guest ${name} being ${state} on ${host.name}`, deadlineMs, async () =>
    (await virsh(host, ['domstate', name])).trim() === state ? true : undefined,
  );
}

/** Ends the guest wherever it is known, undefines it there and deletes its disk. */
export async function removeFromHosts(lab: LabDescription, guest: LabGuest): Promise<void> {
  for (const { host: name, state } of await sightings(lab, guest.name)) {
    const host = hostOf(lab, name);
    if (state !== 'shut off')
      await tryOnHost(host, ['virsh', '-q', '-c', libvirtUri(host), 'destroy', guest.name]);
    // A transient guest is gone once it is destroyed.
    await tryOnHost(host, [
      'virsh',
      '-q',
      '-c',
      libvirtUri(host),
      'undefine',
      guest.name,
      '--managed-save',
      '--nvram',
    ]);
    if (guest.disk !== null) await onHost(host, ['rm', '-f', guest.disk]);
  }
}
