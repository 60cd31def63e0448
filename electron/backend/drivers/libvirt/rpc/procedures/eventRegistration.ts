import { procedure } from '../procedure.ts';
import { domainRef, networkRef, storagePoolRef } from '../references.ts';
import * as codec from '../xdr/codec.ts';

// Asking a host to tell of events, and to stop. The connection's `subscribe` calls these.

const callback = codec.struct({ callbackID: codec.int });

/** `dom` null: of all domains. */
export const connectDomainEventCallbackRegisterAny = procedure(
  316,
  'connect_domain_event_callback_register_any',
  codec.struct({ eventID: codec.int, dom: codec.optional(domainRef) }),
  callback,
);

export const connectDomainEventCallbackDeregisterAny = procedure(
  317,
  'connect_domain_event_callback_deregister_any',
  callback,
  codec.nothing,
);

export const connectNetworkEventRegisterAny = procedure(
  313,
  'connect_network_event_register_any',
  codec.struct({ eventID: codec.int, net: codec.optional(networkRef) }),
  callback,
);

export const connectNetworkEventDeregisterAny = procedure(
  314,
  'connect_network_event_deregister_any',
  callback,
  codec.nothing,
);

export const connectStoragePoolEventRegisterAny = procedure(
  368,
  'connect_storage_pool_event_register_any',
  codec.struct({ eventID: codec.int, pool: codec.optional(storagePoolRef) }),
  callback,
);

export const connectStoragePoolEventDeregisterAny = procedure(
  369,
  'connect_storage_pool_event_deregister_any',
  callback,
  codec.nothing,
);
