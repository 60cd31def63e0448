import { procedure } from '../procedure.ts';
import { listLimits, networkRef, optionalText, text, uuid } from '../references.ts';
import * as codec from '../xdr/codec.ts';

// libvirt's own virtual networks. Field names as in remote_protocol.x.

const net = networkRef;
const flags = codec.flags;
const oneNetwork = codec.struct({ net });

export const connectListAllNetworks = procedure(
  283,
  'connect_list_all_networks',
  codec.struct({ needResults: codec.int, flags }),
  codec.struct({ nets: codec.array(net, listLimits.networks), ret: codec.uint }),
);

export const networkLookupByName = procedure(
  46,
  'network_lookup_by_name',
  codec.struct({ name: text }),
  oneNetwork,
);

export const networkLookupByUuid = procedure(
  47,
  'network_lookup_by_uuid',
  codec.struct({ uuid }),
  oneNetwork,
);

export const networkGetXmlDesc = procedure(
  43,
  'network_get_xml_desc',
  codec.struct({ net, flags }),
  codec.struct({ xml: text }),
);

export const networkGetBridgeName = procedure(
  45,
  'network_get_bridge_name',
  oneNetwork,
  codec.struct({ name: text }),
);

export const networkIsActive = procedure(
  152,
  'network_is_active',
  oneNetwork,
  codec.struct({ active: codec.int }),
);

export const networkDefineXml = procedure(41, 'network_define_xml', codec.struct({ xml: text }), oneNetwork);

export const networkCreate = procedure(39, 'network_create', oneNetwork, codec.nothing);

/** Stops it; its definition stays. */
export const networkDestroy = procedure(42, 'network_destroy', oneNetwork, codec.nothing);

export const networkUndefine = procedure(49, 'network_undefine', oneNetwork, codec.nothing);

export const networkSetAutostart = procedure(
  48,
  'network_set_autostart',
  codec.struct({ net, autostart: codec.int }),
  codec.nothing,
);

const lease = codec.struct({
  iface: text,
  expirytime: codec.hyper,
  type: codec.int,
  mac: optionalText,
  iaid: optionalText,
  ipaddr: text,
  prefix: codec.uint,
  hostname: optionalText,
  clientid: optionalText,
});

/** `mac` null: all. `expirytime` in seconds since 1970, 0 for never. */
export const networkGetDhcpLeases = procedure(
  341,
  'network_get_dhcp_leases',
  codec.struct({ net, mac: optionalText, needResults: codec.int, flags }),
  codec.struct({ leases: codec.array(lease, 65_536), ret: codec.uint }),
);
