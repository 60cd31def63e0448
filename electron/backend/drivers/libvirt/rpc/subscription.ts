import { DroverError } from '#shared/contract/errors.ts';
import type { CallOptions, RpcClient } from './client.ts';
import { protocolBroken } from './failures.ts';
import type { EventKind } from './procedure.ts';
import {
  connectDomainEventCallbackDeregisterAny,
  connectDomainEventCallbackRegisterAny,
  connectNetworkEventDeregisterAny,
  connectNetworkEventRegisterAny,
  connectStoragePoolEventDeregisterAny,
  connectStoragePoolEventRegisterAny,
} from './procedures/eventRegistration.ts';
import type { DomainRef } from './references.ts';
import { XdrError, type XdrReader } from './xdr/reader.ts';

export interface SubscribeOptions extends CallOptions {
  /** Only events of this domain (domain events alone); all where left out. */
  readonly about?: DomainRef | undefined;
}

/** Delivery stops at once; the promise is fulfilled when the host was told (or could not be). Never rejects. */
export type EndSubscription = () => Promise<void>;

export async function subscribe<M>(
  client: RpcClient,
  host: string,
  event: EventKind<M>,
  listener: (message: M) => void,
  options: SubscribeOptions,
): Promise<EndSubscription> {
  const endRegistration = client.events.beginRegistration();
  try {
    const { callbackID } = await register(client, event, options);
    const endDelivery = client.events.add(event.number, callbackID, (payload) => {
      const message = readEvent(event, payload);
      callListener(listener, message);
    });
    let ended: Promise<void> | undefined;
    return () => {
      endDelivery();
      ended ??= deregister(client, event, callbackID);
      return ended;
    };
  } catch (error) {
    if (!(error instanceof XdrError)) throw error;
    const reason = protocolBroken(host, error.message);
    client.fail(reason);
    throw reason;
  } finally {
    endRegistration();
  }
}

function readEvent<M>(event: EventKind<M>, payload: XdrReader): M {
  const message = event.body.read(payload);
  payload.expectEnd();
  return message;
}

/** A listener's bug must not look like the host's, nor keep the messages behind it from being read. */
function callListener<M>(listener: (message: M) => void, message: M): void {
  try {
    listener(message);
  } catch (bug) {
    queueMicrotask(() => {
      throw bug;
    });
  }
}

function register<M>(
  client: RpcClient,
  event: EventKind<M>,
  options: SubscribeOptions,
): Promise<{ readonly callbackID: number }> {
  const eventID = event.id;
  // Whoever gave up waiting has no way to end what the host began after all.
  const late = ({ callbackID }: { readonly callbackID: number }) =>
    void deregister(client, event, callbackID);
  switch (event.family) {
    case 'domain':
      return client.call(
        connectDomainEventCallbackRegisterAny,
        { eventID, dom: options.about ?? null },
        options,
        late,
      );
    case 'network':
      return client.call(connectNetworkEventRegisterAny, { eventID, net: null }, options, late);
    case 'storagePool':
      return client.call(connectStoragePoolEventRegisterAny, { eventID, pool: null }, options, late);
  }
}

async function deregister<M>(client: RpcClient, event: EventKind<M>, callbackID: number): Promise<void> {
  if (client.closeReason !== undefined) return;
  try {
    switch (event.family) {
      case 'domain':
        return await client.call(connectDomainEventCallbackDeregisterAny, { callbackID });
      case 'network':
        return await client.call(connectNetworkEventDeregisterAny, { callbackID });
      case 'storagePool':
        return await client.call(connectStoragePoolEventDeregisterAny, { callbackID });
    }
  } catch (error) {
    // Its messages are dropped from now on whether or not the host heard.
    if (!(error instanceof DroverError)) throw error;
  }
}
