/** What happens by itself at a moment that is known before. Each says whom it was meant for, and is void for others. */
export type WorldEvent =
  | { readonly kind: 'host-up'; readonly host: string; readonly boot: number }
  | { readonly kind: 'libvirt-up'; readonly host: string; readonly boot: number }
  | {
      readonly kind: 'libvirt-down';
      readonly host: string;
      readonly boot: number;
      readonly patienceUntil: number;
    }
  | GuestEvent
  | { readonly kind: 'saved'; readonly host: string; readonly uuid: string; readonly run: number }
  | { readonly kind: 'transfer'; readonly transfer: string; readonly turn: number }
  | { readonly kind: 'transfer-timeout'; readonly transfer: string; readonly turn: number }
  | { readonly kind: 'started-here'; readonly host: string; readonly uuid: string; readonly run: number };

export interface GuestEvent {
  readonly kind: 'guest';
  readonly does: 'boots' | 'powers-off' | 'reboots';
  readonly host: string;
  readonly uuid: string;
  readonly run: number;
  /** `bootedAt` of the guest it was meant for. */
  readonly bootedAt: number;
}
