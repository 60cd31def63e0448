import type { DiskFacts } from '../facts.ts';

export const gibibyte = 1024 ** 3;

/** A disk on storage that both ends share. */
export function someDisk(changes: Partial<DiskFacts> = {}): DiskFacts {
  return {
    target: 'vda',
    path: '/pool/web-01.qcow2',
    place: 'file',
    format: 'qcow2',
    cache: 'none',
    readOnly: false,
    shareable: false,
    virtualBytes: 20 * gibibyte,
    usedBytes: 2 * gibibyte,
    atDestination: 'shared',
    chain: [],
    ...changes,
  };
}

/** One that the destination does not have. */
export function diskApart(changes: Partial<DiskFacts> = {}): DiskFacts {
  return someDisk({ atDestination: 'absent', freeBytesAtDestination: 100 * gibibyte, ...changes });
}
