import type { ErrorCode } from '#shared/contract/errors.ts';

/** The codes of libvirt's virterror.h that Drover tells apart. */
export const libvirtErrorCodes = {
  internalError: 1,
  noSupport: 3,
  invalidArgument: 8,
  operationFailed: 9,
  xmlError: 27,
  domainExists: 28,
  operationDenied: 29,
  xmlDetail: 35,
  networkExists: 37,
  systemError: 38,
  rpc: 39,
  noDomain: 42,
  noNetwork: 43,
  authFailed: 45,
  noStoragePool: 49,
  noStorageVol: 50,
  operationInvalid: 55,
  configUnsupported: 67,
  operationTimeout: 68,
  argumentUnsupported: 74,
  operationAborted: 78,
  authCancelled: 79,
  noDomainMetadata: 80,
  migrateUnsafe: 81,
  operationUnsupported: 84,
  resourceBusy: 87,
  accessDenied: 88,
  storageVolExists: 90,
  cpuIncompatible: 91,
  migrateFinishOk: 93,
  authUnavailable: 94,
} as const;

/** Where Drover has a code of its own for what libvirt said; all else is `libvirt-refused`. */
const droverCodes: ReadonlyMap<number, ErrorCode> = new Map([
  [libvirtErrorCodes.noDomain, 'not-found'],
  [libvirtErrorCodes.noNetwork, 'not-found'],
  [libvirtErrorCodes.noStoragePool, 'not-found'],
  [libvirtErrorCodes.noStorageVol, 'not-found'],
  [libvirtErrorCodes.domainExists, 'already-exists'],
  [libvirtErrorCodes.networkExists, 'already-exists'],
  [libvirtErrorCodes.storageVolExists, 'already-exists'],
  [libvirtErrorCodes.operationDenied, 'libvirt-no-rights'],
  [libvirtErrorCodes.accessDenied, 'libvirt-no-rights'],
  [libvirtErrorCodes.authFailed, 'libvirt-no-rights'],
  [libvirtErrorCodes.authCancelled, 'libvirt-no-rights'],
  [libvirtErrorCodes.authUnavailable, 'libvirt-no-rights'],
  [libvirtErrorCodes.cpuIncompatible, 'cpu-incompatible'],
]);

export function droverCode(libvirtCode: number): ErrorCode {
  return droverCodes.get(libvirtCode) ?? 'libvirt-refused';
}
