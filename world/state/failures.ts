import { DroverError, type ErrorCode } from '#shared/contract/errors.ts';

/** The numbers of libvirt's virterror.h that a world gives, and what Drover calls them. */
const codes = {
  internalError: [1, 'libvirt-refused'],
  invalidArgument: [8, 'libvirt-refused'],
  operationFailed: [9, 'libvirt-refused'],
  domainExists: [28, 'already-exists'],
  systemError: [38, 'libvirt-refused'],
  noDomain: [42, 'not-found'],
  noNetwork: [43, 'not-found'],
  operationInvalid: [55, 'libvirt-refused'],
  configUnsupported: [67, 'libvirt-refused'],
  operationTimeout: [68, 'libvirt-refused'],
  operationAborted: [78, 'libvirt-refused'],
  migrateUnsafe: [81, 'libvirt-refused'],
  operationUnsupported: [84, 'libvirt-refused'],
  resourceBusy: [87, 'libvirt-refused'],
  cpuIncompatible: [91, 'cpu-incompatible'],
} as const satisfies Record<string, readonly [number, ErrorCode]>;

const fromQemu = 10;

/** A no of libvirt's, in its own words: what reads them on a real host reads them here. */
export function libvirtSays(
  host: string,
  procedure: string,
  why: keyof typeof codes,
  text: string,
): DroverError {
  const [libvirtCode, code] = codes[why];
  return new DroverError({
    code,
    tried: `Ask libvirt on ${host} (${procedure})`,
    cause: `libvirt answered: ${text}`,
    details: { libvirtCode, libvirtDomain: fromQemu, procedure },
  });
}

export function noSuchHost(name: string, names: readonly string[]): DroverError {
  return new DroverError({
    code: 'not-found',
    tried: `Find the host ${name} in this simulated cluster`,
    cause: 'it has none of that name',
    next: `Choose one of: ${names.join(', ')}`,
  });
}

/** SSH's word for a host that does not answer a login. */
export function noAnswer(host: string, afterMs: number): DroverError {
  return new DroverError({
    code: 'host-unreachable',
    tried: `Connect to ${host}`,
    cause: `it did not answer within ${Math.round(afterMs / 1000)} s`,
    next: 'Check that it is switched on and that its link is whole',
  });
}

export function libvirtDoesNotRun(host: string): DroverError {
  return new DroverError({
    code: 'libvirt-stopped',
    tried: `Connect to libvirt on ${host}`,
    cause: 'the host answers, libvirt on it does not: it is just being restarted',
    next: 'Drover tries again by itself',
  });
}

export function connectionLost(host: string, cause: string): DroverError {
  return new DroverError({
    code: 'connection-lost',
    tried: `Stay connected to libvirt on ${host}`,
    cause,
    next: 'Check the network and that the host still runs; Drover connects again by itself',
  });
}

/** A call that the end of its connection cut off. */
export function cutOff(host: string, reason: DroverError): DroverError {
  return new DroverError({
    code: reason.code,
    tried: `Ask libvirt on ${host}`,
    cause: `the connection was closed before the answer came. Whether the host carried it out is not known. Reason: ${reason.message}`,
    source: reason,
  });
}
