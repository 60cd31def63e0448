import type { VmDisk } from '#shared/model/vm.ts';
import type { LeftMarker } from '../sharedStorage/proof.ts';

/** A file that the guest only reads: a base below an overlay, or what is in a CD drive. */
export interface ReadFileFacts {
  readonly path: string;
  /** `shared`: proven to be the very file. `equal`: another file of the same size and samples. */
  readonly atDestination: 'shared' | 'equal' | 'different' | 'absent';
  readonly usedBytes: number;
}

/** What a disk's file looks like from the two ends. */
export interface DiskFacts {
  readonly target: string;
  readonly path: string;
  /** `network`: reached over the network by QEMU itself, the same from everywhere. */
  readonly place: 'file' | 'block' | 'network';
  readonly format: string;
  readonly cache: VmDisk['cache'];
  readonly readOnly: boolean;
  readonly shareable: boolean;
  readonly virtualBytes: number;
  readonly usedBytes: number;
  /**
   * `shared`: a marker written beside it on the source was found on the destination. `equal` only for what is read.
   * `absent`: the destination has no such file. `different`: it has one, and it is another.
   */
  readonly atDestination: ReadFileFacts['atDestination'];
  /** Why a written one could not be proven to be the very file: what is not proven is not claimed, so it is `different`. */
  readonly unproven?: string;
  /** From the top's backing file down to the base. */
  readonly chain: readonly (ReadFileFacts & { readonly format: string })[];
  /** In the folder that would hold a copy; absent where the folder is. */
  readonly freeBytesAtDestination?: number;
}

/** What only the hosts can say, gathered before a plan is made. */
export interface MigrationFacts {
  /** Address of the destination that the source can reach. */
  readonly destinationAddress: string;
  readonly port: { readonly reachable: true } | { readonly reachable: false; readonly cause: string };
  readonly migrationPort: number;
  readonly cpu: { readonly compatible: true } | { readonly compatible: false; readonly cause: string };
  /** Bridges and networks that the VM is joined to and the destination lacks. */
  readonly missingNetworks: readonly string[];
  readonly disks: readonly DiskFacts[];
  readonly markersLeft: readonly LeftMarker[];
  /**
   * What files that other tasks were promised room for took of the destination's storage, by path, asked before what
   * is free there: that much of the promise is in that figure already.
   */
  readonly shownBytes: ReadonlyMap<string, number>;
}
