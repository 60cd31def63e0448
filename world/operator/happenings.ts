import type { World } from '../state/world.ts';

/** What came of a migration, as its source's QEMU and the operator's clock have it. */
export interface MoveFigures {
  readonly from: string;
  readonly to: string;
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly sentBytes: number;
  /** Bitmap synchronisations. */
  readonly rounds: number;
  readonly throttlePercent: number;
}

/** Something that the timeline wanted, or that came of it. */
export interface Happening {
  /** Simulated milliseconds since 1970. */
  readonly at: number;
  /** An action of the timeline by its kind; `moved` and `evacuated` for how the operator's work ended. */
  readonly kind: string;
  /** The host, VM, pool or switch, by name. */
  readonly object: string;
  /** `refused`: nothing was done, for `reason`. `failed`: it was begun. */
  readonly outcome: 'done' | 'begun' | 'refused' | 'failed';
  readonly reason?: string;
  readonly figures?: MoveFigures;
}

/** Older ones go where there are more: a world may run for months. */
export const mostHappenings = 10_000;

export function note(world: World, happening: Omit<Happening, 'at'>): void {
  const { happenings } = world.state;
  happenings.push({ at: world.now, ...happening });
  if (happenings.length > mostHappenings) happenings.splice(0, happenings.length - mostHappenings);
  for (const listener of world.happened) listener();
}

/** What an error says, without what was tried: that is the happening's own. */
export function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/^Ask libvirt on [^:]+: libvirt answered: /, '').replace(/\.$/, '');
}
