import type {
  CallOptions,
  DomainDescription,
  DomainEvent,
  DomainState,
  DomainsDriver,
  Unsubscribe,
} from '../drivers.ts';
import { domainStateOf } from './domainStates.ts';
import type { HostLink } from './hostLink.ts';
import {
  connectListAllDomains,
  type DomainRef,
  domainDestroyFlags,
  domainEvents,
  domainGetAutostart,
  domainGetState,
  domainGetXmlDesc,
  domainHasManagedSaveImage,
  domainIsPersistent,
  domainLookupByUuid,
  domainResume,
  domainSnapshotNum,
  domainUndefineFlags,
  type LibvirtConnection,
  LibvirtError,
  libvirtErrorCodes,
  lifecycleEvents,
  listDomainsFlags,
  undefineFlags,
} from './rpc/rpc.ts';
import { parseDomainXml } from './xml/domainXml.ts';

interface DomainFacts {
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
  readonly hasSnapshots: boolean;
}

const destroyDeadlineMs = 30_000;

export function libvirtDomains(link: HostLink): DomainsDriver {
  return {
    list: (options) => list(link.channels().inventory, options),
    describe: (uuid, options) => describe(link.channels().inventory, uuid, options),
    state: (uuid, options) => stateOf(link.channels().control, uuid, options),
    subscribe: (listener) => subscribe(link, listener),
    async resume(uuid, options) {
      const { control } = link.channels();
      await control.call(domainResume, { dom: refOf(uuid) }, options);
    },
    async destroy(uuid, options) {
      const { control } = link.channels();
      await control.call(
        domainDestroyFlags,
        { dom: refOf(uuid) },
        { deadlineMs: destroyDeadlineMs, ...options },
      );
    },
    async undefine(uuid, options) {
      const { control } = link.channels();
      const flags = undefineFlags.managedSave | undefineFlags.nvram | undefineFlags.checkpointsMetadata;
      await control.call(domainUndefineFlags, { dom: refOf(uuid), flags }, options);
    },
  };
}

/** The host finds a domain by its UUID; the name and the number are only for its log. */
export function refOf(uuid: string): DomainRef {
  return { name: '', uuid, id: -1 };
}

/** Five lists, then two questions a domain: what a list can tell is not asked one by one. */
async function list(
  connection: LibvirtConnection,
  options: CallOptions | undefined,
): Promise<readonly DomainDescription[]> {
  const listed = async (flags: number) =>
    (await connection.call(connectListAllDomains, { needResults: 1, flags }, options)).domains;
  const [all, persistent, autostart, saved, snapshots] = await Promise.all([
    listed(0),
    listed(listDomainsFlags.persistent),
    listed(listDomainsFlags.autostart),
    listed(listDomainsFlags.managedSave),
    listed(listDomainsFlags.hasSnapshot),
  ]);
  const within = (refs: readonly DomainRef[]) => new Set(refs.map((ref) => ref.uuid));
  const sets = {
    persistent: within(persistent),
    autostart: within(autostart),
    saved: within(saved),
    snapshots: within(snapshots),
  };
  const described = await Promise.all(
    all.map((dom) =>
      unlessGone(
        describeWith(connection, dom, options, {
          persistent: sets.persistent.has(dom.uuid),
          autostart: sets.autostart.has(dom.uuid),
          hasManagedSave: sets.saved.has(dom.uuid),
          hasSnapshots: sets.snapshots.has(dom.uuid),
        }),
      ),
    ),
  );
  return described.flatMap((each) => each ?? []);
}

async function describe(
  connection: LibvirtConnection,
  uuid: string,
  options: CallOptions | undefined,
): Promise<DomainDescription | undefined> {
  return await unlessGone(
    (async () => {
      const { dom } = await connection.call(domainLookupByUuid, { uuid }, options);
      const persistent = (await connection.call(domainIsPersistent, { dom }, options)).persistent === 1;
      return await describeWith(connection, dom, options, {
        persistent,
        autostart:
          persistent && (await connection.call(domainGetAutostart, { dom }, options)).autostart === 1,
        hasManagedSave:
          persistent && (await connection.call(domainHasManagedSaveImage, { dom }, options)).result === 1,
        hasSnapshots: (await connection.call(domainSnapshotNum, { dom }, options)).num > 0,
      });
    })(),
  );
}

async function describeWith(
  connection: LibvirtConnection,
  dom: DomainRef,
  options: CallOptions | undefined,
  facts: DomainFacts,
): Promise<DomainDescription> {
  const [{ xml }, { state, reason }] = await Promise.all([
    connection.call(domainGetXmlDesc, { dom }, options),
    connection.call(domainGetState, { dom }, options),
  ]);
  const { persistent, autostart, hasSnapshots } = facts;
  return {
    ...parseDomainXml(xml),
    ...domainStateOf(state, reason, facts.hasManagedSave),
    persistent,
    autostart,
    hasSnapshots,
  };
}

async function stateOf(
  connection: LibvirtConnection,
  uuid: string,
  options: CallOptions | undefined,
): Promise<DomainState | undefined> {
  return await unlessGone(
    (async () => {
      const { state, reason } = await connection.call(domainGetState, { dom: refOf(uuid) }, options);
      return domainStateOf(state, reason, false);
    })(),
  );
}

/** A domain may go between the list and the question; that is an answer, not a failure. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof LibvirtError && thrown.libvirt.code === libvirtErrorCodes.noDomain)
      return undefined;
    throw thrown;
  }
}

/** Registered anew with every connection; events of the time between are found by reconciliation. */
function subscribe(link: HostLink, listener: (event: DomainEvent) => void): Unsubscribe {
  let ended = false;
  let withdraw: () => void = () => undefined;
  const register = async () => {
    const { inventory } = link.channels();
    const changed = ({ dom }: { readonly dom: DomainRef }) =>
      listener({ kind: 'changed', uuid: dom.uuid, name: dom.name });
    const ends = await Promise.all([
      inventory.subscribe(domainEvents.lifecycle, ({ dom, event }) =>
        listener({
          kind: event === lifecycleEvents.undefined ? 'gone' : 'changed',
          uuid: dom.uuid,
          name: dom.name,
        }),
      ),
      inventory.subscribe(domainEvents.reboot, changed),
      inventory.subscribe(domainEvents.balloonChange, changed),
      inventory.subscribe(domainEvents.deviceAdded, changed),
      inventory.subscribe(domainEvents.deviceRemoved, changed),
      inventory.subscribe(domainEvents.diskChange, changed),
    ]);
    const end = () => {
      for (const each of ends) void each();
    };
    if (ended) end();
    else withdraw = end;
  };
  // A connection that breaks while registering is told through the link; the next one registers again.
  const registerIfConnected = () => {
    if (link.state().state === 'connected') register().catch(() => undefined);
  };
  const endLink = link.subscribe(registerIfConnected);
  registerIfConnected();
  return () => {
    ended = true;
    endLink();
    withdraw();
  };
}
