/** What happens by itself at a moment that is known before. Each says whom it was meant for, and is void for others. */
export type WorldEvent =
  | { readonly kind: 'host-up'; readonly host: string; readonly boot: number }
  | { readonly kind: 'libvirt-up'; readonly host: string; readonly boot: number }
  | {
      readonly kind: 'libvirt-ends';
      readonly host: string;
      readonly boot: number;
      readonly patienceUntil: number;
    }
  | GuestEvent
  | { readonly kind: 'saved'; readonly host: string; readonly uuid: string; readonly run: number }
  | { readonly kind: 'restored'; readonly host: string; readonly uuid: string; readonly run: number }
  | { readonly kind: 'transfer'; readonly transfer: string; readonly turn: number }
  /** The guest of a transfer may work at another speed in the next slot. */
  | { readonly kind: 'pace'; readonly transfer: string }
  /** TCP is heard again after a silence between a transfer's ends, or gives it up. */
  | { readonly kind: 'transfer-resumes'; readonly transfer: string }
  | { readonly kind: 'transfer-timeout'; readonly transfer: string; readonly stalledSince: number }
  | { readonly kind: 'connect'; readonly host: string; readonly uuid: string; readonly run: number }
  | { readonly kind: 'connect-timeout'; readonly host: string; readonly uuid: string; readonly run: number }
  /** A moment of the scenario's timeline, by the place of its first entry; the next one is scheduled then. */
  | { readonly kind: 'timeline'; readonly entry: number }
  /** The operator looks what its migration is at. */
  | { readonly kind: 'operator-looks'; readonly move: string }
  /** Whether somebody else's migrations have left its evacuation something to do. */
  | { readonly kind: 'evacuation-looks'; readonly evacuation: string }
  /** Its keepalive tells it that a host is silent. */
  | { readonly kind: 'operator-misses'; readonly host: string; readonly silentSince: number }
  /** Of a migration that it lost. */
  | {
      readonly kind: 'operator-tidies';
      readonly uuid: string;
      readonly from: string;
      readonly to: string;
      readonly startedAt: number;
    }
  /** A surge has ended. */
  | { readonly kind: 'surge-over'; readonly untilMs: number }
  /** How full a store is may matter now. */
  | { readonly kind: 'store'; readonly store: string; readonly look: number }
  /** A slot begins in which a store's rate may not do for all who use it. */
  | { readonly kind: 'store-shares'; readonly store: string }
  /** A guest that has arrived is let run. */
  | { readonly kind: 'arrived'; readonly host: string; readonly uuid: string; readonly run: number };

export interface GuestEvent {
  readonly kind: 'guest';
  readonly host: string;
  readonly uuid: string;
  readonly run: number;
  /** The guest's own; when that is another by then, something else has happened to it. */
  readonly dueAt: number;
}
