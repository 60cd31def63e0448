import type { VmState } from '../model/vm.ts';
import type { VmVerb } from '../model/vmAction.ts';

type KnownState = Exclude<VmState, 'unknown'>;

/** `legal`, or what is said instead: the rest of a sentence that begins with the VM's name. */
type VerbStates = Readonly<Record<VmVerb, Readonly<Record<KnownState, string>>>>;

export const legal = 'legal';

const off = 'is inactive, so nothing of it executes. Start it first.';
const saved = 'is suspended, so nothing of it executes. Restore it first.';
const noSaved = 'and has no saved memory';
const cannotReact = 'is paused, so its guest cannot react. Resume it first, or force it off.';
const renamedOff = 'and libvirt renames only a VM that is off. Shut it down first.';

/**
 * The four states and every move between them. `legal` where the verb may be used; everything else is why not and what
 * to do instead.
 */
export const verbStates: VerbStates = {
  start: {
    inactive: legal,
    active: 'is active already.',
    paused: 'is paused, not off. Resume it instead.',
    suspended:
      'is suspended: its memory is saved on disk. Restore it, or discard that memory before you start it anew.',
  },
  pause: { active: legal, paused: 'is paused already.', inactive: off, suspended: saved },
  resume: {
    paused: legal,
    active: 'is active, not paused.',
    inactive: 'is inactive, not paused. Start it instead.',
    suspended: 'is suspended, not paused. Restore it instead.',
  },
  suspend: {
    active: legal,
    paused: legal,
    inactive: 'is inactive and has no memory to save. Start it first.',
    suspended: 'is suspended already.',
  },
  restore: {
    suspended: legal,
    active: 'is active already.',
    paused: `is paused ${noSaved}. Resume it instead.`,
    inactive: `is inactive ${noSaved}. Start it instead.`,
  },
  discard: {
    suspended: legal,
    active: `is active ${noSaved} to discard.`,
    paused: `is paused ${noSaved} to discard.`,
    inactive: `is inactive ${noSaved} to discard.`,
  },
  'shut-down': {
    active: legal,
    paused: cannotReact,
    inactive: 'is inactive already.',
    suspended: 'is suspended and does not run. Restore it first, or discard its saved memory.',
  },
  'force-off': {
    active: legal,
    paused: legal,
    inactive: 'is inactive already.',
    suspended: 'is suspended and does not run. Discard its saved memory instead.',
  },
  reboot: { active: legal, paused: cannotReact, inactive: off, suspended: saved },
  reset: {
    active: legal,
    paused: 'is paused. Resume it first, or force it off.',
    inactive: off,
    suspended: saved,
  },
  rename: {
    inactive: legal,
    active: `is active, ${renamedOff}`,
    paused: `is paused, ${renamedOff}`,
    suspended:
      'is suspended, and its saved memory belongs to its present name. Restore it and shut it down, or discard that memory first.',
  },
  autostart: { inactive: legal, active: legal, paused: legal, suspended: legal },
  undefine: {
    inactive: legal,
    suspended: legal,
    active: 'is active, and would go on without a definition. Shut it down or force it off first.',
    paused: 'is paused, and would be left without a definition. Force it off first.',
  },
};
