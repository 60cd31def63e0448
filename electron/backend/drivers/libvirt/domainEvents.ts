import type { DomainEvent, Unsubscribe } from '../drivers.ts';
import type { HostAccess } from './hostLink.ts';
import {
  type DomainRef,
  domainEvents,
  type EndSubscription,
  type LibvirtConnection,
  lifecycleEvents,
} from './rpc/rpc.ts';

/**
 * What a host tells of its domains, to any number of listeners. libvirt takes each kind of event once from a connection
 * and refuses it a second time ("event callback already tracked"), so all listeners share one registration. It is made
 * anew with every connection; events of the time between are found by reconciliation.
 */
export class DomainEvents {
  readonly #link: HostAccess;
  readonly #listeners = new Set<(event: DomainEvent) => void>();
  readonly #registrations = new WeakMap<LibvirtConnection, Promise<unknown>>();
  #end: Unsubscribe | undefined;

  constructor(link: HostAccess) {
    this.#link = link;
  }

  /** Resolves when all that was asked for on this connection is told from now on. */
  async registered(connection: LibvirtConnection): Promise<void> {
    await this.#registrations.get(connection);
  }

  subscribe(listener: (event: DomainEvent) => void): Unsubscribe {
    // Its own, so that one function may be given twice.
    const own = (event: DomainEvent) => listener(event);
    this.#listeners.add(own);
    this.#end ??= this.#listen();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size > 0) return;
      this.#end?.();
      this.#end = undefined;
    };
  }

  #listen(): Unsubscribe {
    let ended = false;
    let ends: readonly EndSubscription[] = [];
    let latest: LibvirtConnection | undefined;
    const register = () => {
      if (ended || this.#link.state().state !== 'connected') return;
      const { inventory } = this.#link.channels();
      latest = inventory;
      const before = this.#registrations.get(inventory);
      const asked = (before ?? Promise.resolve())
        .then(() =>
          ended
            ? []
            : registerAll(inventory, (event) => {
                if (ended) return;
                for (const listener of this.#listeners) listener(event);
              }),
        )
        .then(async (registered) => {
          if (ended) await endAll(registered);
          else ends = registered;
        });
      this.#registrations.set(inventory, asked);
    };
    const endLink = this.#link.subscribe(register);
    register();
    return () => {
      ended = true;
      endLink();
      const last = endAll(ends);
      // Whoever listens next on this connection is registered only when this is taken back.
      if (latest !== undefined) {
        this.#registrations.set(latest, Promise.all([this.#registrations.get(latest), last]));
      }
    };
  }
}

/**
 * What a host does not offer is left to reconciliation, and so is all of it on a connection that breaks meanwhile:
 * never rejects.
 */
async function registerAll(
  connection: LibvirtConnection,
  listener: (event: DomainEvent) => void,
): Promise<readonly EndSubscription[]> {
  const changed = ({ dom }: { readonly dom: DomainRef }) =>
    listener({ kind: 'changed', uuid: dom.uuid, name: dom.name });
  const asked = await Promise.allSettled([
    connection.subscribe(domainEvents.lifecycle, ({ dom, event }) =>
      listener({
        kind: event === lifecycleEvents.undefined ? 'gone' : 'changed',
        uuid: dom.uuid,
        name: dom.name,
      }),
    ),
    connection.subscribe(domainEvents.reboot, ({ dom }) =>
      listener({ kind: 'changed', uuid: dom.uuid, name: dom.name, rebooted: true }),
    ),
    connection.subscribe(domainEvents.balloonChange, changed),
    connection.subscribe(domainEvents.deviceAdded, changed),
    connection.subscribe(domainEvents.deviceRemoved, changed),
    connection.subscribe(domainEvents.diskChange, changed),
    // A chain of disks grows and shrinks by block jobs.
    connection.subscribe(domainEvents.blockJob2, changed),
    connection.subscribe(domainEvents.metadataChange, changed),
  ]);
  return asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

async function endAll(ends: readonly EndSubscription[]): Promise<void> {
  await Promise.all(ends.map((end) => end()));
}
