import { z } from 'zod';
import { DroverError } from '#shared/contract/errors.ts';
import type { SessionEvent, WorldDomain, WorldMigrationSettings } from '#shared/contract/worldContract.ts';
import { vmStateReasonSchema, vmStateSchema } from '#shared/model/vm.ts';
import type { CallOptions } from '../drivers.ts';
import type {
  Cookie,
  MigrationDestination,
  MigrationEvent,
  MigrationSettings,
  MigrationSource,
} from '../migration.ts';
import { parseDomainXml } from '../xml/domainXml.ts';
import { domainXml } from './domains.ts';
import type { HostSession } from './hostSession.ts';

const prepareDeadlineMs = 120_000;
const endDeadlineMs = 120_000;
/** As long as it takes; the session's end tells when the other side is gone. */
const noDeadline = Number.POSITIVE_INFINITY;

/** @throws DroverError `libvirt-refused` where the host has no such VM */
export async function openSourceEnd(
  held: HostSession,
  uuid: string,
  options: CallOptions | undefined,
): Promise<MigrationSource> {
  const known = await held.call(
    `Open the source of a migration on ${held.host}`,
    ({ client, session, options }) => client.domains.state({ session, uuid }, options),
    options,
  );
  if (known === null) {
    throw new DroverError({
      code: 'libvirt-refused',
      tried: `Open the source of a migration on ${held.host}`,
      cause: `it has no VM with the UUID ${uuid}`,
      next: 'Look at the list of VMs',
    });
  }
  return {
    async begin(settings, more) {
      const { cookie, domain } = await held.call(
        `Begin the migration of ${settings.domainName} on ${held.host}`,
        ({ client, session, options }) =>
          client.migration.begin({ session, uuid, settings: told(settings) }, options),
        more,
      );
      return { cookie: begun(cookie, domain), xml: domainXml(domain, 'current') };
    },
    async perform(settings, { cookie, uri }, signal) {
      const answer = await held.call(
        `Send ${settings.domainName} from ${held.host}`,
        ({ client, session, options }) =>
          client.migration.perform(
            { session, uuid, settings: told(settings), cookie: text(cookie), uri },
            options,
          ),
        signal === undefined ? {} : { signal },
        noDeadline,
      );
      return { cookie: bytes(answer.cookie) };
    },
    async confirm(settings, cookie, cancelled, more) {
      await held.call(
        `End the migration of ${settings.domainName} on ${held.host}`,
        ({ client, session, options }) =>
          client.migration.confirm(
            { session, uuid, settings: told(settings), cookie: text(cookie), cancelled },
            options,
          ),
        more,
        endDeadlineMs,
      );
    },
    async setMaxDowntime(milliseconds, more) {
      await held.call(
        `Set the allowed downtime on ${held.host}`,
        ({ client, session, options }) =>
          client.migration.setMaxDowntime({ session, uuid, milliseconds }, options),
        more,
      );
    },
    subscribe: (listener) =>
      held.subscribe((event) => {
        if (event.uuid !== uuid) return;
        const ours = migrationEvent(event);
        if (ours !== undefined) listener(ours);
      }),
    onClose: (listener) => held.onClose(listener),
    close: () => held.close(),
  };
}

export function openDestinationEnd(held: HostSession): MigrationDestination {
  let uuid = '';
  return {
    async prepare(settings, { cookie, xml }, more) {
      const first = begunSchema.parse(JSON.parse(text(cookie)));
      const domain = incoming(xml, first);
      uuid = domain.uuid;
      const answer = await held.call(
        `Make room for ${settings.domainName} on ${held.host}`,
        ({ client, session, options }) =>
          client.migration.prepare(
            { session, settings: told(settings), cookie: first.cookie, domain },
            options,
          ),
        more,
        prepareDeadlineMs,
      );
      return { cookie: bytes(answer.cookie), uri: answer.uri };
    },
    async finish(settings, { cookie, uri }, cancelled, more) {
      const answer = await held.call(
        `${cancelled ? 'Take away' : 'Start'} ${settings.domainName} on ${held.host}`,
        ({ client, session, options }) =>
          client.migration.finish(
            { session, uuid, settings: told(settings), cookie: text(cookie), uri, cancelled },
            options,
          ),
        more,
        settings.postCopy ? noDeadline : endDeadlineMs,
      );
      return { cookie: bytes(answer.cookie) };
    },
    async answers(more) {
      await held.call(
        `Ask ${held.host}`,
        ({ client, session, options }) => client.session.ping({ session }, options),
        more,
      );
    },
    completedJob: async (uuid, more) =>
      (await held.call(
        `Ask ${held.host} how the migration went`,
        ({ client, session, options }) => client.migration.completedJob({ session, uuid }, options),
        more,
      )) ?? undefined,
    onClose: (listener) => held.onClose(listener),
    close: () => held.close(),
  };
}

/** What the source's word holds beside the definition: how the guest stood when it was asked. */
const begunSchema = z.object({ cookie: z.string(), state: vmStateSchema, reason: vmStateReasonSchema });

function begun(cookie: string, { state, reason }: WorldDomain): Cookie {
  return bytes(JSON.stringify({ cookie, state, reason } satisfies z.infer<typeof begunSchema>));
}

/** What a definition on its way does not say: it is persistent there, and autostart stays behind, as with libvirt. */
function incoming(xml: string, { state, reason }: z.infer<typeof begunSchema>): WorldDomain {
  return {
    ...parseDomainXml(xml),
    state,
    reason,
    persistent: true,
    autostart: false,
    hasSnapshots: false,
  };
}

function migrationEvent(event: SessionEvent): MigrationEvent | undefined {
  switch (event.kind) {
    case 'round':
      return { kind: 'round', round: event.round };
    case 'stopped':
    case 'post-copy-active':
    case 'post-copy-failed':
      return { kind: event.kind };
    case 'job-completed':
      return { kind: 'completed', job: event.job };
    case 'changed':
    case 'gone':
      return undefined;
    default:
      return event satisfies never;
  }
}

const told = (settings: MigrationSettings): WorldMigrationSettings => settings;

/** The world's cookies are text. */
const bytes = (cookie: string): Cookie => new TextEncoder().encode(cookie);
const text = (cookie: Cookie): string => new TextDecoder().decode(cookie);
