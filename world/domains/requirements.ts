import type { DroverError } from '#shared/contract/errors.ts';
import type { VmDisk, VmNic } from '#shared/model/vm.ts';
import { libvirtSays } from '../state/failures.ts';
import type { HostState } from '../state/state.ts';
import type { World } from '../state/world.ts';
import { fileAt } from '../storage/stores.ts';
import { notValid } from './find.ts';

/** What a QEMU needs of its host, whether its guest boots or arrives. */
export interface Needs {
  readonly memoryMiB: number;
  readonly disks: readonly VmDisk[];
  readonly nics: readonly VmNic[];
}

/** @throws DroverError `libvirt-refused`, `not-found`: as libvirt says that something of it is missing */
export function checkNeeds(world: World, host: HostState, needs: Needs, procedure: string): void {
  checkFiles(world, host, needs, procedure);
  checkNetworks(world, host, needs, procedure);
  // Linux promises more than it has (overcommit_memory 0), but nobody more than all there is.
  if (needs.memoryMiB > world.facts(host).memoryMiB) {
    throw qemuDied(host, procedure, "cannot set up guest memory 'pc.ram': Cannot allocate memory");
  }
}

export function qemuDied(host: HostState, procedure: string, lastWords: string): DroverError {
  return libvirtSays(
    host.name,
    procedure,
    'internalError',
    `internal error: process exited while connecting to monitor: qemu-system-x86_64: ${lastWords}`,
  );
}

function checkFiles(world: World, host: HostState, { disks }: Needs, procedure: string): void {
  for (const { source, backingChain } of disks) {
    for (const path of [source, ...backingChain.map((base) => base.path)]) {
      if (path?.startsWith('/') !== true || fileAt(world, host.name, path) !== undefined) continue;
      throw libvirtSays(
        host.name,
        procedure,
        'systemError',
        `Cannot access storage file '${path}': No such file or directory`,
      );
    }
  }
}

function checkNetworks(world: World, host: HostState, { nics }: Needs, procedure: string): void {
  const { networks } = world.facts(host);
  for (const { kind, source } of nics) {
    const known = networks.find((network) => network.kind === kind && network.name === source);
    if (known?.active === true) continue;
    if (kind === 'bridge') {
      throw libvirtSays(
        host.name,
        procedure,
        'systemError',
        `Cannot get interface MTU on '${source}': No such device`,
      );
    }
    if (kind !== 'network') continue;
    if (known !== undefined) throw notValid(host, procedure, `network '${source}' is not active`);
    throw libvirtSays(
      host.name,
      procedure,
      'noNetwork',
      `Network not found: no network with matching name '${source}'`,
    );
  }
}
