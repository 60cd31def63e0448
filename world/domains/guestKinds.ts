/** How a guest system boots, and what it makes of its power button. */
export interface GuestKind {
  readonly bootMs: number;
  readonly bootCores: number;
  readonly bootReadBytesPerSecond: number;
  readonly powersOffAfterMs: number;
  /** How often the button has to be pressed within `askWithinMs` before it gives in. */
  readonly askedTimes: 1 | 2;
}

/** A desktop with unsaved work asks the one who sits before it, and gives in when asked once more. */
export const askWithinMs = 90_000;

const mebibyte = 1024 ** 2;

const kinds: readonly { readonly name: RegExp; readonly kind: GuestKind }[] = [
  {
    name: /alpine/i,
    kind: {
      bootMs: 5000,
      bootCores: 0.8,
      bootReadBytesPerSecond: 25 * mebibyte,
      powersOffAfterMs: 2000,
      askedTimes: 1,
    },
  },
  {
    name: /rocky|red hat|centos/i,
    kind: {
      bootMs: 18_000,
      bootCores: 1.4,
      bootReadBytesPerSecond: 40 * mebibyte,
      powersOffAfterMs: 8000,
      askedTimes: 1,
    },
  },
  {
    name: /ubuntu/i,
    kind: {
      bootMs: 15_000,
      bootCores: 1.3,
      bootReadBytesPerSecond: 40 * mebibyte,
      powersOffAfterMs: 6000,
      askedTimes: 1,
    },
  },
  {
    name: /windows/i,
    kind: {
      bootMs: 35_000,
      bootCores: 1.8,
      bootReadBytesPerSecond: 70 * mebibyte,
      powersOffAfterMs: 12_000,
      askedTimes: 2,
    },
  },
];

const anyOther: GuestKind = {
  bootMs: 12_000,
  bootCores: 1.2,
  bootReadBytesPerSecond: 30 * mebibyte,
  powersOffAfterMs: 4000,
  askedTimes: 1,
};

export function guestKindOf(guestSystem: string | undefined): GuestKind {
  return kinds.find(({ name }) => name.test(guestSystem ?? ''))?.kind ?? anyOther;
}
