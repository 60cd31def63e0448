import { procedure } from '../procedure.ts';
import { domainRef, optionalText, text } from '../references.ts';
import * as codec from '../xdr/codec.ts';

// Starting, stopping, pausing and saving domains. Field names as in remote_protocol.x.

const dom = domainRef;
const flags = codec.flags;
const oneDomain = codec.struct({ dom });
const domainAndFlags = codec.struct({ dom, flags });

export const domainCreate = procedure(9, 'domain_create', oneDomain, codec.nothing);

/** Flags 1 start paused, 4 bypass cache, 8 force boot (drop a managed save). */
export const domainCreateWithFlags = procedure(196, 'domain_create_with_flags', domainAndFlags, oneDomain);

/** A transient domain: gone once it stops. */
export const domainCreateXml = procedure(
  10,
  'domain_create_xml',
  codec.struct({ xmlDesc: text, flags }),
  oneDomain,
);

export const domainSuspend = procedure(34, 'domain_suspend', oneDomain, codec.nothing);

export const domainResume = procedure(28, 'domain_resume', oneDomain, codec.nothing);

export const domainShutdown = procedure(33, 'domain_shutdown', oneDomain, codec.nothing);

/** Flags 1 ACPI power button, 2 guest agent. */
export const domainShutdownFlags = procedure(258, 'domain_shutdown_flags', domainAndFlags, codec.nothing);

export const domainReboot = procedure(27, 'domain_reboot', domainAndFlags, codec.nothing);

export const domainReset = procedure(245, 'domain_reset', domainAndFlags, codec.nothing);

/** Flag 1: only a graceful end (fails where the hypervisor does not stop on SIGTERM). */
export const domainDestroyFlags = procedure(234, 'domain_destroy_flags', domainAndFlags, codec.nothing);

/** Flags 1 bypass cache, 2 then running, 4 then paused. */
export const domainManagedSave = procedure(182, 'domain_managed_save', domainAndFlags, codec.nothing);

export const domainHasManagedSaveImage = procedure(
  183,
  'domain_has_managed_save_image',
  domainAndFlags,
  codec.struct({ result: codec.int }),
);

export const domainManagedSaveRemove = procedure(
  184,
  'domain_managed_save_remove',
  domainAndFlags,
  codec.nothing,
);

export const domainManagedSaveGetXmlDesc = procedure(
  388,
  'domain_managed_save_get_xml_desc',
  domainAndFlags,
  codec.struct({ xml: text }),
);

export const domainSaveFlags = procedure(
  232,
  'domain_save_flags',
  codec.struct({ dom, to: text, dxml: optionalText, flags }),
  codec.nothing,
);

export const domainRestoreFlags = procedure(
  233,
  'domain_restore_flags',
  codec.struct({ from: text, dxml: optionalText, flags }),
  codec.nothing,
);

/** Wakes a domain that its guest put to sleep. */
export const domainPmWakeup = procedure(267, 'domain_pm_wakeup', domainAndFlags, codec.nothing);

export const domainInjectNmi = procedure(210, 'domain_inject_nmi', domainAndFlags, codec.nothing);
