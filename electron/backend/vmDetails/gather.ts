import type { Vm } from '#shared/model/vm.ts';
import type { VmDetails, VmDiskDetails, VmImage } from '#shared/model/vmDetails.ts';
import { configurationOf, diskBuses } from '../drivers/xml/configuration.ts';
import { diskChain } from './diskChain.ts';
import type { HostOf, SharedFiles } from './sharedFiles.ts';

/** What is known of a VM only when it is asked for. `others`: the hosts of its cluster that answer, without its own. */
export async function gatherVmDetails(
  vm: Vm,
  home: HostOf,
  others: readonly HostOf[],
  sharedFiles: SharedFiles,
): Promise<VmDetails> {
  const { driver } = home;
  const isRunning = vm.state === 'active' || vm.state === 'paused';
  const [current, next] = await Promise.all([
    driver.domains.xml(vm.uuid, 'current'),
    // What runs without a definition has none to be started with next.
    isRunning && vm.persistent ? driver.domains.xml(vm.uuid, 'inactive') : undefined,
  ]);
  const buses = diskBuses(current);
  const withSharing = async (image: VmImage): Promise<VmImage> => {
    if (image.kind !== 'file' || image.missing || others.length === 0) return image;
    const sharedWith = await sharedFiles.sharedWith(home, others, image.path);
    return sharedWith === undefined ? image : { ...image, sharedWith };
  };
  const disks = await Promise.all(
    vm.disks.map(async (disk): Promise<VmDiskDetails> => {
      const chain = await diskChain(vm.uuid, disk, driver);
      return {
        target: disk.target,
        bus: buses.get(disk.target) ?? '',
        chain: await Promise.all(chain.map(withSharing)),
      };
    }),
  );
  return { at: driver.clock.now(), configuration: configurationOf(current, next), disks };
}
