import { procedure, streamProcedure } from '../procedure.ts';
import { listLimits, optionalText, storagePoolRef, storageVolRef, text, uuid } from '../references.ts';
import * as codec from '../xdr/codec.ts';

// Storage pools and their volumes. Sizes in bytes. Field names as in remote_protocol.x.

const pool = storagePoolRef;
const vol = storageVolRef;
const flags = codec.flags;
const onePool = codec.struct({ pool });
const poolAndFlags = codec.struct({ pool, flags });
const oneVol = codec.struct({ vol });
const volAndFlags = codec.struct({ vol, flags });

export const connectListAllStoragePools = procedure(
  281,
  'connect_list_all_storage_pools',
  codec.struct({ needResults: codec.int, flags }),
  codec.struct({ pools: codec.array(pool, listLimits.storagePools), ret: codec.uint }),
);

export const storagePoolLookupByName = procedure(
  84,
  'storage_pool_lookup_by_name',
  codec.struct({ name: text }),
  onePool,
);

export const storagePoolLookupByUuid = procedure(
  85,
  'storage_pool_lookup_by_uuid',
  codec.struct({ uuid }),
  onePool,
);

export const storagePoolLookupByVolume = procedure(86, 'storage_pool_lookup_by_volume', oneVol, onePool);

export const storagePoolLookupByTargetPath = procedure(
  391,
  'storage_pool_lookup_by_target_path',
  codec.struct({ path: text }),
  onePool,
);

/** `state` 0 inactive, 1 building, 2 running, 3 degraded, 4 inaccessible. */
export const storagePoolGetInfo = procedure(
  87,
  'storage_pool_get_info',
  onePool,
  codec.struct({
    state: codec.uint,
    capacity: codec.uhyper,
    allocation: codec.uhyper,
    available: codec.uhyper,
  }),
);

export const storagePoolGetXmlDesc = procedure(
  88,
  'storage_pool_get_xml_desc',
  poolAndFlags,
  codec.struct({ xml: text }),
);

export const storagePoolDefineXml = procedure(
  77,
  'storage_pool_define_xml',
  codec.struct({ xml: text, flags }),
  onePool,
);

/** A transient pool, running at once. */
export const storagePoolCreateXml = procedure(
  76,
  'storage_pool_create_xml',
  codec.struct({ xml: text, flags }),
  onePool,
);

export const storagePoolBuild = procedure(79, 'storage_pool_build', poolAndFlags, codec.nothing);

export const storagePoolCreate = procedure(78, 'storage_pool_create', poolAndFlags, codec.nothing);

/** Stops it; what it holds stays. */
export const storagePoolDestroy = procedure(80, 'storage_pool_destroy', onePool, codec.nothing);

export const storagePoolUndefine = procedure(82, 'storage_pool_undefine', onePool, codec.nothing);

export const storagePoolRefresh = procedure(83, 'storage_pool_refresh', poolAndFlags, codec.nothing);

export const storagePoolIsActive = procedure(
  154,
  'storage_pool_is_active',
  onePool,
  codec.struct({ active: codec.int }),
);

export const storagePoolSetAutostart = procedure(
  90,
  'storage_pool_set_autostart',
  codec.struct({ pool, autostart: codec.int }),
  codec.nothing,
);

export const storagePoolListAllVolumes = procedure(
  282,
  'storage_pool_list_all_volumes',
  codec.struct({ pool, needResults: codec.int, flags }),
  codec.struct({ vols: codec.array(vol, listLimits.storageVols), ret: codec.uint }),
);

export const storageVolLookupByName = procedure(
  95,
  'storage_vol_lookup_by_name',
  codec.struct({ pool, name: text }),
  oneVol,
);

export const storageVolLookupByKey = procedure(
  96,
  'storage_vol_lookup_by_key',
  codec.struct({ key: text }),
  oneVol,
);

export const storageVolLookupByPath = procedure(
  97,
  'storage_vol_lookup_by_path',
  codec.struct({ path: text }),
  oneVol,
);

/** `type` 0 file, 1 block, 2 directory, 3 network ... */
export const storageVolGetInfo = procedure(
  98,
  'storage_vol_get_info',
  oneVol,
  codec.struct({ type: codec.int, capacity: codec.uhyper, allocation: codec.uhyper }),
);

export const storageVolGetXmlDesc = procedure(
  99,
  'storage_vol_get_xml_desc',
  volAndFlags,
  codec.struct({ xml: text }),
);

export const storageVolGetPath = procedure(100, 'storage_vol_get_path', oneVol, codec.struct({ name: text }));

export const storageVolCreateXml = procedure(
  93,
  'storage_vol_create_xml',
  codec.struct({ pool, xml: text, flags }),
  oneVol,
);

/** A copy of `clonevol`. */
export const storageVolCreateXmlFrom = procedure(
  125,
  'storage_vol_create_xml_from',
  codec.struct({ pool, xml: text, clonevol: vol, flags }),
  oneVol,
);

export const storageVolDelete = procedure(94, 'storage_vol_delete', volAndFlags, codec.nothing);

export const storageVolResize = procedure(
  260,
  'storage_vol_resize',
  codec.struct({ vol, capacity: codec.uhyper, flags }),
  codec.nothing,
);

const range = codec.struct({ vol, offset: codec.uhyper, length: codec.uhyper, flags });

/** `length` 0: to the end of what is sent. Flag 1 with the stream option `sparse`: holes travel as holes. */
export const storageVolUpload = streamProcedure(208, 'storage_vol_upload', range, codec.nothing, 'write');

/** `length` 0: to the end of the volume. Flag 1 with the stream option `sparse`: holes travel as holes. */
export const storageVolDownload = streamProcedure(209, 'storage_vol_download', range, codec.nothing, 'read');

/** What kinds of pool the host can hold. */
export const connectFindStoragePoolSources = procedure(
  75,
  'connect_find_storage_pool_sources',
  codec.struct({ type: text, srcSpec: optionalText, flags }),
  codec.struct({ xml: text }),
);
