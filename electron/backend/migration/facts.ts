import type { VmDisk } from '#shared/model/vm.ts';

/** What a disk's file looks like from the two ends. */
export interface DiskFacts {
  readonly target: string;
  readonly path: string;
  readonly format: string;
  readonly cache: VmDisk['cache'];
  readonly readOnly: boolean;
  readonly shareable: boolean;
  readonly virtualBytes: number;
  readonly usedBytes: number;
  readonly backing?: { readonly path: string; readonly format: string };
  /**
   * `shared`: a marker written beside it on the source was read on the destination. `absent`: the destination has no
   * such file. `different`: it has one, and it is another.
   */
  readonly atDestination: 'shared' | 'absent' | 'different';
  /** The backing file is at the destination too, shared or with the same size. */
  readonly backingAtDestination: boolean;
  /** Where the folder is missing there: undefined. */
  readonly freeBytesAtDestination?: number;
}

/** What only the hosts can say, gathered before a plan is made. */
export interface MigrationFacts {
  /** Address of the destination that the source can reach. */
  readonly destinationAddress: string;
  readonly port: { readonly reachable: true } | { readonly reachable: false; readonly cause: string };
  readonly migrationPort: number;
  readonly cpu: { readonly compatible: true } | { readonly compatible: false; readonly cause: string };
  readonly disks: readonly DiskFacts[];
}
