import { z } from 'zod';

/** What a person would call an event: by a scenario's timeline, by its operator, or by itself (those after the evacuation). */
export const happeningKindSchema = z.enum([
  'power-off',
  'power-on',
  'cut-link',
  'slow-link',
  'mend-link',
  'cut-switch',
  'slow-switch',
  'mend-switch',
  'restart-libvirt',
  'crash-vm',
  'hang-vm',
  'unhang-vm',
  'fill-pool',
  'surge',
  'start-vm',
  'stop-vm',
  /** Of every migration, whoever asked for it. */
  'migrate-vm',
  'evacuate',
  /** A host answers after it was switched on. */
  'host-up',
  /** A guest is through with booting. */
  'guest-up',
  /** A guest has shut itself down. */
  'vm-off',
  /** Its host has stopped a guest that found no room on its disk's store. */
  'vm-stopped',
  'surge-over',
]);

/** Something that happened in a simulated cluster. */
export const happeningSchema = z
  .object({
    /** Simulated time, milliseconds since 1970. */
    at: z.number(),
    kind: happeningKindSchema,
    /** The host, VM, switch or pool, by its name; of several VMs the first, and how many more. */
    object: z.string(),
    /** `begun`: the end is told by itself. `refused`: it could not be done at all, and nothing changed. */
    outcome: z.enum(['begun', 'done', 'failed', 'refused']),
    /** Why it failed or was refused. */
    reason: z.string().exactOptional(),
    /** Where a VM is or was; of one that moves, where it came from. */
    host: z.string().exactOptional(),
    /** Where it moves to. */
    to: z.string().exactOptional(),
    /** Named with their units. */
    figures: z.record(z.string(), z.number()).exactOptional(),
  })
  .readonly();

export type HappeningKind = z.infer<typeof happeningKindSchema>;
export type Happening = z.infer<typeof happeningSchema>;

/** What happens, in a few words: `server-a loses its power`. */
export function eventInWords({ kind, object, to }: Pick<Happening, 'kind' | 'object' | 'to'>): string {
  if (kind === 'migrate-vm') return to === undefined ? `${object} moves` : `${object} moves to ${to}`;
  return words[kind].replace('OBJECT', () => object);
}

const words: Readonly<Record<Exclude<HappeningKind, 'migrate-vm'>, string>> = {
  'power-off': 'OBJECT loses its power',
  'power-on': 'OBJECT is switched on',
  'cut-link': 'the link of OBJECT is cut',
  'slow-link': 'the link of OBJECT slows down',
  'mend-link': 'the link of OBJECT is mended',
  'cut-switch': 'the uplink of OBJECT is cut',
  'slow-switch': 'the uplink of OBJECT slows down',
  'mend-switch': 'the uplink of OBJECT is mended',
  'restart-libvirt': 'libvirt on OBJECT restarts',
  'crash-vm': 'OBJECT crashes',
  'hang-vm': 'OBJECT hangs',
  'unhang-vm': 'OBJECT hangs no longer',
  'fill-pool': 'OBJECT fills up',
  surge: 'the load of OBJECT surges',
  'start-vm': 'OBJECT is started',
  'stop-vm': 'OBJECT is asked to shut down',
  evacuate: 'OBJECT is emptied',
  'host-up': 'OBJECT answers again',
  'guest-up': 'OBJECT has booted',
  'vm-off': 'OBJECT has shut down',
  'vm-stopped': 'OBJECT is stopped',
  'surge-over': 'the surge in the load of OBJECT is over',
};

/** The same with how it came out. */
export function happeningInWords(happening: Happening): string {
  const { outcome, reason } = happening;
  const said = eventInWords(happening);
  if (outcome === 'done') return said;
  return `${said}: ${outcome}${reason === undefined ? '' : ` (${reason})`}`;
}
