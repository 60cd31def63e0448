import type { ConsoleKind } from '#shared/model/console.ts';
import { askGuest } from '../domains/guest.ts';
import type { DomainState, GuestState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { bootText, loginText, type Shell, type ShellFacts, typed } from './shell.ts';
import { emptyScreen, type TextScreen, write } from './textScreen.ts';

/** One console as its guest keeps it. Never changed but replaced, since a guest on the move is copied. */
export interface GuestConsole {
  readonly shell: Shell;
  readonly screen: TextScreen;
  /** Typed while the guest could not read it. */
  readonly unread: string;
}

export type GuestConsoles = Readonly<Record<ConsoleKind, GuestConsole>>;

export interface Running {
  readonly host: HostState;
  readonly domain: DomainState;
  readonly instance: InstanceState;
}

/** As much as a serial port's line holds while nobody reads it. */
const longestUnread = 4096;
const kinds: readonly ConsoleKind[] = ['screen', 'serial'];
const ttys: Readonly<Record<ConsoleKind, string>> = { screen: 'tty1', serial: 'ttyS0' };

/** Lets the guest do what it would have done by now, and says what it wrote meanwhile. */
export function letSpeak(world: World, running: Running): Readonly<Record<ConsoleKind, string>> {
  const { guest } = running.instance;
  const written = { screen: '', serial: '' };
  // The guest is still on its way here.
  if (running.instance.incoming !== undefined && running.instance.state !== 'active') return written;
  const before = guest.consoles;
  const after = { screen: fresh, serial: fresh };
  let power: 'shutting-down' | 'rebooting' | undefined;
  for (const kind of kinds) {
    const turn = speak(before?.[kind], guest, isListening(running.instance), factsOf(world, running, kind));
    after[kind] = turn.console;
    written[kind] = turn.output;
    power ??= turn.power;
  }
  guest.consoles = after;
  if (power !== undefined) askGuest(world, running.host, running.domain, running.instance, power);
  return written;
}

export function type(world: World, running: Running, kind: ConsoleKind, text: string): void {
  const { guest } = running.instance;
  if (guest.consoles === undefined) letSpeak(world, running);
  const consoles = guest.consoles;
  if (consoles === undefined) return;
  const unread = (consoles[kind].unread + text).slice(0, longestUnread);
  guest.consoles = { ...consoles, [kind]: { ...consoles[kind], unread } };
}

/** As Linux takes it: the guest starts anew, if it sees it. */
export function pressCtrlAltDel(world: World, { host, domain, instance }: Running): void {
  askGuest(world, host, domain, instance, 'rebooting');
}

const fresh: GuestConsole = { shell: { stage: 'booting', line: '' }, screen: emptyScreen, unread: '' };

function speak(known: GuestConsole | undefined, guest: GuestState, listens: boolean, facts: ShellFacts) {
  let { shell, screen, unread } = known ?? fresh;
  let output = known === undefined ? bootText(facts) : '';
  let power: 'shutting-down' | 'rebooting' | undefined;
  if (shell.stage === 'booting' && guest.phase !== 'booting') {
    output += loginText(facts);
    shell = { stage: 'login', line: '' };
  }
  if (listens && unread !== '') {
    const answer = typed(shell, unread, facts);
    output += answer.output;
    ({ shell, power } = { power: undefined, ...answer });
    unread = '';
  }
  screen = write(screen, output);
  return { console: { shell, screen, unread }, output, power };
}

function isListening({ state, guest }: InstanceState): boolean {
  return state === 'active' && !guest.hung && guest.phase === 'up';
}

function factsOf(world: World, { domain, instance }: Running, kind: ConsoleKind): ShellFacts {
  const { definition } = domain;
  return {
    hostname: definition.name,
    system: definition.guestSystem ?? 'Linux',
    tty: ttys[kind],
    now: world.now,
    bootedAt: instance.guest.bootedAt,
    vcpus: definition.vcpus,
    memoryMiB: definition.memoryMiB,
  };
}
