import { randomUUID } from 'node:crypto';
import { DroverError } from '#shared/contract/errors.ts';
import type { WorldDomain } from '#shared/contract/worldContract.ts';
import type { CallOptions, DomainsDriver } from '../drivers.ts';
import { type DomainDocument, parseDomainXml } from '../xml/domainXml.ts';
import { writeDomainXml } from '../xml/writeDomainXml.ts';
import type { SimulatedHostLink } from './hostLink.ts';

const destroyDeadlineMs = 30_000;
/** Starting a guest, or writing its memory to disk. */
const longDeadlineMs = 600_000;
/** A guest is given its host's CPU as libvirt's host-model does; what that is, the host says. */
export const guestCpuXml = "<cpu mode='host-model' check='partial'/>";

type Verb =
  | 'start'
  | 'pause'
  | 'resume'
  | 'save'
  | 'discardSaved'
  | 'requestShutdown'
  | 'requestReboot'
  | 'reset'
  | 'destroy'
  | 'undefine';

export function simulatedDomains(link: SimulatedHostLink): DomainsDriver {
  const verb =
    (name: Verb, words: string, deadlineMs?: number) =>
    async (uuid: string, options?: CallOptions): Promise<void> => {
      await link.ask(
        `${words} a VM on ${link.name}`,
        ({ client, session, options }) => client.domains[name]({ session, uuid }, options),
        options,
        deadlineMs,
      );
    };
  const describe = async (uuid: string, options: CallOptions | undefined) =>
    (await link.ask(
      `Ask ${link.name} for a VM`,
      ({ client, session, options }) => client.domains.describe({ session, uuid }, options),
      options,
    )) ?? undefined;
  const describeNext = async (uuid: string, options: CallOptions | undefined) =>
    (await link.ask(
      `Ask ${link.name} for the definition of a VM`,
      ({ client, session, options }) => client.domains.describeNext({ session, uuid }, options),
      options,
    )) ?? undefined;
  return {
    async list(options) {
      const { domains } = await link.ask(
        `List the VMs of ${link.name}`,
        ({ questions, session }) => questions.ask({ of: 'domains', session }),
        options,
      );
      return domains;
    },
    describe,
    state: async (uuid, options) =>
      (await link.ask(
        `Ask ${link.name} for a VM's state`,
        ({ client, session, options }) => client.domains.state({ session, uuid }, options),
        options,
      )) ?? undefined,
    subscribe: (listener) =>
      link.subscribeEvents((event) => {
        if (event.kind === 'changed' || event.kind === 'gone') listener(event);
      }),
    start: verb('start', 'Start', longDeadlineMs),
    pause: verb('pause', 'Pause'),
    resume: verb('resume', 'Resume'),
    save: verb('save', 'Suspend', longDeadlineMs),
    discardSaved: verb('discardSaved', 'Discard the saved memory of'),
    requestShutdown: verb('requestShutdown', 'Shut down'),
    requestReboot: verb('requestReboot', 'Reboot'),
    reset: verb('reset', 'Reset'),
    destroy: verb('destroy', 'Force off', destroyDeadlineMs),
    undefine: verb('undefine', 'Undefine'),
    async define(xml, options) {
      const tried = `Define a VM on ${link.name}`;
      const document = readDefinition(xml, tried);
      return await link.ask(
        tried,
        ({ client, session, options }) =>
          client.domains.define({ session, domain: { ...document, autostart: false } }, options),
        options,
      );
    },
    async rename(uuid, name, options) {
      await link.ask(
        `Rename a VM on ${link.name}`,
        ({ client, session, options }) => client.domains.rename({ session, uuid, name }, options),
        options,
      );
    },
    async setAutostart(uuid, autostart, options) {
      await link.ask(
        `Set the autostart of a VM on ${link.name}`,
        ({ client, session, options }) => client.domains.setAutostart({ session, uuid, autostart }, options),
        options,
      );
    },
    async xml(uuid, which, options) {
      const domain = which === 'inactive' ? await describeNext(uuid, options) : await describe(uuid, options);
      if (domain === undefined) throw unknown(link.name, uuid, 'Read the definition of a VM');
      return domainXml(domain, which);
    },
    interfaces: (uuid, options) =>
      link.ask(
        `Ask ${link.name} for the network interfaces of a VM`,
        ({ client, session, options }) => client.domains.interfaces({ session, uuid }, options),
        options,
      ),
    async diskSize(uuid, target, options) {
      const tried = "Ask for the size of a VM's disk";
      const domain = await describe(uuid, options);
      const path = domain?.disks.find((disk) => disk.target === target)?.source;
      if (path === undefined) throw unknown(link.name, uuid, tried);
      const file = await link.ask(
        `${tried} on ${link.name}`,
        ({ client, session, options }) => client.storage.inspect({ session, path }, options),
        options,
      );
      if (file === null) throw unknown(link.name, uuid, tried);
      return { virtualBytes: file.virtualBytes, allocatedBytes: file.usedBytes };
    },
  };
}

function unknown(host: string, uuid: string, tried: string): DroverError {
  return new DroverError({
    code: 'libvirt-refused',
    tried: `${tried} on ${host}`,
    cause: `it has no VM with the UUID ${uuid}, or no such disk of it`,
    next: 'Look at the list of VMs',
  });
}

export function domainXml(domain: WorldDomain, which: 'current' | 'inactive'): string {
  const agents = { active: 'connected', paused: 'disconnected' } as const;
  const agent =
    which === 'current' && (domain.state === 'active' || domain.state === 'paused')
      ? { agent: agents[domain.state] }
      : {};
  return writeDomainXml({ ...domain, ...agent, cpuXml: guestCpuXml }, which);
}

/** What libvirt itself demands of a definition; a UUID it makes up where there is none. */
function readDefinition(xml: string, tried: string): DomainDocument {
  const refused = (cause: string, source?: unknown) =>
    new DroverError({
      code: 'libvirt-refused',
      tried,
      cause,
      next: "Correct the definition; libvirt's formatdomain page says what each element means",
      ...(source === undefined ? {} : { source }),
    });
  let document: DomainDocument;
  try {
    document = parseDomainXml(xml);
  } catch (thrown) {
    throw refused(
      `it is no domain XML (${thrown instanceof Error ? thrown.message : String(thrown)})`,
      thrown,
    );
  }
  if (document.name === '') throw refused('it has no <name>');
  if (document.domainType === '') throw refused('its <domain> has no type');
  if (!(document.maxMemoryMiB > 0)) throw refused('its <memory> is missing or no amount');
  if (!Number.isInteger(document.vcpus) || document.vcpus < 1)
    throw refused('its <vcpu> is no number of vCPUs');
  const uuid = document.uuid === '' ? randomUUID() : document.uuid;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) throw refused('its <uuid> is no UUID');
  return { ...document, uuid };
}
