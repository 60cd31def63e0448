import type { Vm } from '#shared/model/vm.ts';

/** Every word must be found somewhere: in the name, host, state, UUID, a MAC or a disk's path. */
export function filterVms(
  vms: readonly Vm[],
  text: string,
  hostName: (vm: Vm) => string,
  stateWord: (vm: Vm) => string,
): readonly Vm[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return vms;
  return vms.filter((vm) => {
    const hay = [
      vm.name,
      hostName(vm),
      stateWord(vm),
      vm.uuid,
      ...vm.nics.map((nic) => nic.mac),
      ...vm.disks.map((disk) => disk.source ?? ''),
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
