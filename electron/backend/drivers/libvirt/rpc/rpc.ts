// The RPC room's front door: libvirt's remote protocol over any Duplex. It knows nothing of SSH.
export type { CallOptions, StreamOptions } from './client.ts';
export { type LibvirtConnection, type OpenOptions, openConnection } from './connection.ts';
export * from './constants.ts';
export { libvirtErrorCodes } from './errorCodes.ts';
export type { KeepaliveOptions } from './keepalive.ts';
export { type LibvirtAnswer, LibvirtError } from './libvirtError.ts';
export type { EventKind, Procedure, StreamProcedure } from './procedure.ts';
export * from './procedures/procedures.ts';
export type { DomainRef, NetworkRef, StoragePoolRef, StorageVolRef } from './references.ts';
export type { RpcStream, StreamChunk, StreamHole } from './rpcStream.ts';
export type { EndSubscription, SubscribeOptions } from './subscription.ts';
export {
  type ParameterReader,
  type ParameterValue,
  parameter,
  readParameters,
  type TypedParameter,
} from './typedParameters.ts';
