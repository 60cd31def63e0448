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
  /** An entry of the scenario's timeline, by its position. */
  | { readonly kind: 'timeline'; readonly entry: number }
  /** The operator looks whether its move is to be switched to post-copy. */
  | { readonly kind: 'operator-look'; readonly move: string }
  /** A surge has ended. */
  | { readonly kind: 'surge-over'; readonly untilMs: number }
  /** How full a store is may matter now. */
  | { readonly kind: 'store'; readonly store: string; readonly look: number }
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
