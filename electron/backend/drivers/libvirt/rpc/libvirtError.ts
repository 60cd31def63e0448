import { DroverError } from '#shared/contract/errors.ts';
import { droverCode, libvirtErrorCodes } from './errorCodes.ts';
import { domainRef, networkRef, optionalText } from './references.ts';
import * as codec from './xdr/codec.ts';

/** virNetMessageError: what a host answers with instead of a reply, or ends a stream with. */
export const remoteError = codec.struct({
  code: codec.int,
  domain: codec.int,
  message: optionalText,
  level: codec.int,
  dom: codec.optional(domainRef),
  str1: optionalText,
  str2: optionalText,
  str3: optionalText,
  int1: codec.int,
  int2: codec.int,
  net: codec.optional(networkRef),
});
export type RemoteError = codec.Decoded<typeof remoteError>;

/** What libvirt itself said: its numbers (virErrorNumber, virErrorDomain, virErrorLevel) and its text. */
export interface LibvirtAnswer {
  readonly code: number;
  readonly domain: number;
  readonly level: number;
  readonly text: string;
  /** The procedure that was called, as in remote_protocol.x. */
  readonly procedure: string;
}

/** The host carried the call to libvirt, and libvirt said no. */
export class LibvirtError extends DroverError {
  readonly libvirt: LibvirtAnswer;

  constructor(host: string, procedure: string, error: RemoteError) {
    const text = error.message ?? 'it gave no reason';
    const code = procedureIsUnknown(error) ? libvirtErrorCodes.noSupport : error.code;
    super({
      code: droverCode(code),
      tried: `Ask libvirt on ${host} (${procedure})`,
      cause: `libvirt answered: ${text}`,
      details: { libvirtCode: code, libvirtDomain: error.domain, procedure },
    });
    this.name = 'LibvirtError';
    this.libvirt = { code, domain: error.domain, level: error.level, text, procedure };
  }
}

const fromRpc = 7;
const fromRemote = 13;

/** An older libvirt says so about a procedure it lacks; clients of libvirt show that as "not supported", as here. */
function procedureIsUnknown(error: RemoteError): boolean {
  return (
    (error.domain === fromRemote || error.domain === fromRpc) &&
    error.code === libvirtErrorCodes.rpc &&
    (error.message ?? '').startsWith('unknown procedure')
  );
}
