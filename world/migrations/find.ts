import type { DomainState, HostState, InstanceState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import type { TransferState } from './transferState.ts';

/** One end of a transfer, while its QEMU is there. */
export interface End {
  readonly host: HostState;
  readonly domain: DomainState;
  readonly instance: InstanceState;
}

export function sourceOf(world: World, transfer: TransferState): End | undefined {
  return endOf(world, transfer, transfer.from, ({ outgoing }) => outgoing?.transfer);
}

export function destinationOf(world: World, transfer: TransferState): End | undefined {
  return endOf(world, transfer, transfer.to, ({ incoming }) => incoming?.transfer);
}

function endOf(
  world: World,
  transfer: TransferState,
  hostName: string,
  transferOf: (instance: InstanceState) => string | undefined,
): End | undefined {
  const host = world.host(hostName);
  const domain = host?.domains[transfer.uuid];
  const instance = domain?.instance;
  if (host === undefined || domain === undefined || instance === undefined) return undefined;
  return transferOf(instance) === transfer.id ? { host, domain, instance } : undefined;
}

export function transferBy(world: World, id: string | undefined): TransferState | undefined {
  return id === undefined ? undefined : world.state.transfers[id];
}

export function isInPostCopy({ model }: TransferState): boolean {
  return model.phase === 'post-copy' || model.phase === 'post-copy-paused' || isSwitched(model);
}

function isSwitched({ phase, postCopyAsked }: TransferState['model']): boolean {
  return postCopyAsked && (phase === 'stop-and-copy' || phase === 'handed-over');
}

/** What comes out when the long calls of a migration do. */
export const waitNames = {
  perform: (host: string, run: number) => `perform ${host} ${run}`,
  finish: (host: string, run: number) => `finish ${host} ${run}`,
} as const;
