import { type Formatted, formatBytes, formatLinkRate, formatMiB, formatRate, formatShare } from './format.ts';

/** How one quantity is written on an axis, and where an axis of it ends. */
export interface Scale {
  readonly format: (value: number) => Formatted;
  /** The end of an axis that holds `greatest`: a round number whose half is round too. */
  readonly top: (greatest: number) => number;
}

const roundTops = [1, 2, 4, 6, 8, 10, 16, 20, 40, 60, 80, 100, 160, 200, 400, 600, 800, 1000];

function roundTop(greatest: number, first: number, base: number): number {
  let unit = first;
  while (greatest > unit * 1000) unit *= base;
  return (roundTops.find((each) => each * unit >= greatest) ?? 1000) * unit;
}

const kibibyte = 1024;
/** A thousand bits a second, in bytes a second. */
const kilobit = 1000 / 8;

export const scales = {
  share: { format: formatShare, top: () => 1 },
  bytes: { format: formatBytes, top: (greatest) => roundTop(greatest, kibibyte, 1024) },
  mebibytes: { format: formatMiB, top: (greatest) => roundTop(greatest, 1, 1024) },
  rate: { format: formatRate, top: (greatest) => roundTop(greatest, kibibyte, 1024) },
  linkRate: { format: formatLinkRate, top: (greatest) => roundTop(greatest, kilobit, 1000) },
} as const satisfies Record<string, Scale>;
