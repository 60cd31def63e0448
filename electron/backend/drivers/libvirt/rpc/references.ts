import { maximumStringBytes } from './messages.ts';
import * as codec from './xdr/codec.ts';
import { XdrError } from './xdr/reader.ts';

/** remote_nonnull_string. */
export const text = codec.string(maximumStringBytes);
/** remote_string: may be null or left out. */
export const optionalText = codec.optional(text);

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** remote_uuid: 16 bytes on the wire, the canonical lower-case text here. */
export const uuid: codec.Codec<string> = {
  layout: { kind: 'fixed', length: 16 },
  minimumBytes: 16,
  read: (reader) => {
    const hex = reader.fixed(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
  write: (writer, value) => {
    if (!uuidPattern.test(value)) throw new XdrError(`'${value}' is not a UUID`);
    writer.fixed(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
};

/** How calls name a domain. The host finds it by UUID; `id` is -1 where it does not run. */
export const domainRef = codec.struct({ name: text, uuid, id: codec.int });
export type DomainRef = codec.Decoded<typeof domainRef>;

export const networkRef = codec.struct({ name: text, uuid });
export type NetworkRef = codec.Decoded<typeof networkRef>;

export const storagePoolRef = codec.struct({ name: text, uuid });
export type StoragePoolRef = codec.Decoded<typeof storagePoolRef>;

/** `key` is unique on the host, mostly the volume's path. */
export const storageVolRef = codec.struct({ pool: text, name: text, key: text });
export type StorageVolRef = codec.Decoded<typeof storageVolRef>;

/** Upper limits of remote_protocol.x on lists of things. */
export const listLimits = {
  domains: 16_384,
  networks: 16_384,
  storagePools: 16_384,
  storageVols: 16_384,
} as const;
