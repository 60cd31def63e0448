import type { Host } from '#shared/model/host.ts';
import type { HostInspection } from '#shared/model/inspection.ts';
import type { Vm } from '#shared/model/vm.ts';
import type { CpuCompatibility, ReachResult } from '../drivers/migration.ts';
import type { Asked } from '../questions.ts';
import type { Proof } from '../sharedStorage/proof.ts';

export interface HostFacts {
  readonly host: Host;
  /** At home there. */
  readonly vms: readonly Vm[];
  /** Absent where it did not answer at all. */
  readonly inspection: Asked<HostInspection> | { readonly kind: 'silent'; readonly why: string };
}

/** One end of a way: a host that has answered, with the VMs at home there. */
export interface End {
  readonly host: Host;
  readonly vms: readonly Vm[];
  readonly facts: HostInspection;
}

/** Whether the source reaches the ports on which migrations arrive, by the first of the destination's addresses that it can. */
export interface PortFacts {
  readonly address: string;
  readonly first: ReachResult;
  /** Asked only where the first was reached. */
  readonly last?: ReachResult;
}

/** A network or bridge that VMs of the source are joined to. */
export interface JoinedNetwork {
  readonly name: string;
  readonly vms: readonly string[];
  /** "no bridge br0", as the destination says it; absent where it is there. */
  readonly trouble?: string;
}

/** From one host to another. */
export interface WayFacts {
  readonly cpu: Asked<CpuCompatibility>;
  /** Whether the source resolves the name by which the destination calls itself. */
  readonly resolves: Asked<boolean>;
  readonly ports: Asked<PortFacts>;
  readonly networks: Asked<readonly JoinedNetwork[]>;
}

/** A folder that both hosts are asked about; the proof is the same in both directions. */
export interface FolderFacts extends Proof {
  readonly path: string;
}

export interface PeerFacts extends HostFacts {
  /** Absent where one of the two did not answer. */
  readonly ways?: {
    readonly to: WayFacts;
    readonly from: WayFacts;
    readonly folders: readonly FolderFacts[];
  };
}

export interface DoctorFacts {
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly host: HostFacts;
  readonly peers: readonly PeerFacts[];
}
