import type { CallOptions, DomainDescription, DomainState, DomainsDriver } from '../drivers.ts';
import { parseDomainXml } from '../xml/domainXml.ts';
import { DomainEvents } from './domainEvents.ts';
import { domainInterfaces } from './domainInterfaces.ts';
import { domainStateOf } from './domainStates.ts';
import type { HostAccess } from './hostLink.ts';
import {
  connectListAllDomains,
  type DomainRef,
  domainCreate,
  domainDefineXmlFlags,
  domainDestroyFlags,
  domainGetAutostart,
  domainGetBlockInfo,
  domainGetState,
  domainGetXmlDesc,
  domainHasManagedSaveImage,
  domainIsPersistent,
  domainManagedSave,
  domainManagedSaveRemove,
  domainPmWakeup,
  domainReboot,
  domainRename,
  domainReset,
  domainResume,
  domainSetAutostart,
  domainShutdownFlags,
  domainSnapshotNum,
  domainStates,
  domainSuspend,
  domainUndefineFlags,
  type LibvirtConnection,
  LibvirtError,
  libvirtErrorCodes,
  listDomainsFlags,
  undefineFlags,
  xmlFlags,
} from './rpc/rpc.ts';

interface DomainFacts {
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
  readonly hasSnapshots: boolean;
}

const destroyDeadlineMs = 30_000;
/** Starting a QEMU, or writing its memory to disk. */
const longDeadlineMs = 600_000;
/** VIR_DOMAIN_DEFINE_VALIDATE: against libvirt's own schema. */
const validateDefinition = 1;

export function libvirtDomains(link: HostAccess): DomainsDriver {
  const events = new DomainEvents(link);
  return {
    async list(options) {
      const { inventory } = link.channels();
      // What happens after the list must be told by an event, so events are asked for first.
      await events.registered(inventory);
      return await list(inventory, options);
    },
    describe: (uuid, options) => describe(link.channels().inventory, uuid, options),
    state: (uuid, options) => stateOf(link.channels().control, uuid, options),
    subscribe: (listener) => events.subscribe(listener),
    async start(uuid, options) {
      await overItsOwn(link, options, (connection, limits) =>
        connection.call(domainCreate, { dom: refOf(uuid) }, limits),
      );
    },
    async pause(uuid, options) {
      const { control } = link.channels();
      await control.call(domainSuspend, { dom: refOf(uuid) }, options);
    },
    async resume(uuid, options) {
      const { control } = link.channels();
      const { state } = await control.call(domainGetState, { dom: refOf(uuid) }, options);
      // One that its guest put to sleep is woken; libvirt refuses to resume it.
      if (state === domainStates.pmSuspended) {
        await control.call(domainPmWakeup, { dom: refOf(uuid), flags: 0 }, options);
      } else {
        await control.call(domainResume, { dom: refOf(uuid) }, options);
      }
    },
    async save(uuid, options) {
      await overItsOwn(link, options, (connection, limits) =>
        connection.call(domainManagedSave, { dom: refOf(uuid), flags: 0 }, limits),
      );
    },
    async discardSaved(uuid, options) {
      const { control } = link.channels();
      const { result } = await control.call(domainHasManagedSaveImage, { dom: refOf(uuid) }, options);
      if (result === 0) return;
      await control.call(domainManagedSaveRemove, { dom: refOf(uuid), flags: 0 }, options);
    },
    async requestShutdown(uuid, options) {
      const { control } = link.channels();
      await control.call(domainShutdownFlags, { dom: refOf(uuid), flags: 0 }, options);
    },
    async requestReboot(uuid, options) {
      const { control } = link.channels();
      await control.call(domainReboot, { dom: refOf(uuid), flags: 0 }, options);
    },
    async reset(uuid, options) {
      const { control } = link.channels();
      await control.call(domainReset, { dom: refOf(uuid), flags: 0 }, options);
    },
    async destroy(uuid, options) {
      const { control } = link.channels();
      await control.call(
        domainDestroyFlags,
        { dom: refOf(uuid) },
        { deadlineMs: destroyDeadlineMs, ...options },
      );
    },
    async define(xml, options) {
      const { control } = link.channels();
      const { dom } = await control.call(domainDefineXmlFlags, { xml, flags: validateDefinition }, options);
      return { uuid: dom.uuid, name: dom.name };
    },
    async undefine(uuid, options) {
      const { control } = link.channels();
      const flags = undefineFlags.managedSave | undefineFlags.nvram | undefineFlags.checkpointsMetadata;
      await control.call(domainUndefineFlags, { dom: refOf(uuid), flags }, options);
    },
    async rename(uuid, name, options) {
      const { control } = link.channels();
      await control.call(domainRename, { dom: refOf(uuid), newName: name, flags: 0 }, options);
    },
    async setAutostart(uuid, autostart, options) {
      const { control } = link.channels();
      await control.call(domainSetAutostart, { dom: refOf(uuid), autostart: autostart ? 1 : 0 }, options);
    },
    async xml(uuid, which, options) {
      const { inventory } = link.channels();
      const flags = which === 'inactive' ? xmlFlags.inactive : 0;
      return (await inventory.call(domainGetXmlDesc, { dom: refOf(uuid), flags }, options)).xml;
    },
    interfaces: (uuid, options) => domainInterfaces(link, uuid, options),
    async diskSize(uuid, target, options) {
      const { inventory } = link.channels();
      const block = { dom: refOf(uuid), path: target, flags: 0 };
      const { capacity, allocation } = await inventory.call(domainGetBlockInfo, block, options);
      return { virtualBytes: Number(capacity), allocatedBytes: Number(allocation) };
    },
  };
}

/**
 * A call that may take minutes goes over a connection of its own: libvirtd takes only a few at a time on each, and what
 * asks how it goes, or ends it, must not wait behind it.
 */
async function overItsOwn(
  link: HostAccess,
  options: CallOptions | undefined,
  call: (connection: LibvirtConnection, limits: CallOptions) => Promise<unknown>,
): Promise<void> {
  const connection = await link.open(options);
  try {
    await call(connection, { deadlineMs: longDeadlineMs, ...options });
  } finally {
    await connection.close();
  }
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

/** All questions at once, so that a host far away costs one round trip or two and not seven. */
async function describe(
  connection: LibvirtConnection,
  uuid: string,
  options: CallOptions | undefined,
): Promise<DomainDescription | undefined> {
  const dom = refOf(uuid);
  return await unlessGone(
    (async () => {
      const [document, state, persistent, autostart, managedSave, snapshots] = await Promise.all([
        connection.call(domainGetXmlDesc, { dom }, options),
        connection.call(domainGetState, { dom }, options),
        connection.call(domainIsPersistent, { dom }, options),
        connection.call(domainGetAutostart, { dom }, options),
        connection.call(domainHasManagedSaveImage, { dom }, options),
        connection.call(domainSnapshotNum, { dom }, options),
      ]);
      return described(document.xml, state, {
        persistent: persistent.persistent === 1,
        autostart: autostart.autostart === 1,
        hasManagedSave: managedSave.result === 1,
        hasSnapshots: snapshots.num > 0,
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
  const [{ xml }, state] = await Promise.all([
    connection.call(domainGetXmlDesc, { dom }, options),
    connection.call(domainGetState, { dom }, options),
  ]);
  return described(xml, state, facts);
}

function described(
  xml: string,
  { state, reason }: { readonly state: number; readonly reason: number },
  { persistent, autostart, hasManagedSave, hasSnapshots }: DomainFacts,
): DomainDescription {
  return {
    ...parseDomainXml(xml),
    ...domainStateOf(state, reason, hasManagedSave),
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
  const dom = refOf(uuid);
  return await unlessGone(
    (async () => {
      const [{ state, reason }, managedSave] = await Promise.all([
        connection.call(domainGetState, { dom }, options),
        connection.call(domainHasManagedSaveImage, { dom }, options),
      ]);
      return domainStateOf(state, reason, managedSave.result === 1);
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
