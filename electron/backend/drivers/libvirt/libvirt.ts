import type { Clock } from '../../clock/clock.ts';
import type { HostDriver, OpenHostDriver } from '../drivers.ts';
import { libvirtConsoles } from './consoles.ts';
import { libvirtDomains } from './domains.ts';
import { hostAddresses } from './hostAddresses.ts';
import { HostLink } from './hostLink.ts';
import { libvirtInspection } from './inspection.ts';
import { libvirtMigration } from './migration.ts';
import type { SshSurroundings } from './ssh/ssh.ts';
import { libvirtStorage } from './storage.ts';
import { libvirtTelemetry } from './telemetry.ts';

/** The driver of ordinary KVM/libvirt hosts, over SSH, with nothing installed on them. */
export function libvirtDrivers(input: {
  readonly surroundings: Omit<SshSurroundings, 'prompter'>;
  readonly clock: Clock;
  readonly random: () => number;
}): OpenHostDriver {
  return (endpoint): HostDriver => {
    const link = new HostLink({ endpoint, ...input });
    return {
      domains: libvirtDomains(link),
      telemetry: libvirtTelemetry(link),
      storage: libvirtStorage(link),
      migration: libvirtMigration(link),
      inspection: libvirtInspection(link),
      consoles: libvirtConsoles(link),
      clock: input.clock,
      link: () => link.state(),
      addresses: (options) => hostAddresses(link, options),
      subscribeLink: (listener) => link.subscribe(listener),
      connected: (options) => link.connected(options),
      reconnect: (credentials) => link.reconnect(credentials),
      forgetSecrets: () => link.forgetSecrets(),
      close: () => link.close(),
    };
  };
}
