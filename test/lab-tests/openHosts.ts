import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wallClock } from '../../electron/backend/clock/clock.ts';
import type { HostCredentials, HostDriver, LinkState } from '../../electron/backend/drivers/drivers.ts';
import { libvirtDrivers } from '../../electron/backend/drivers/libvirt/libvirt.ts';
import { createSecretMemory } from '../../electron/backend/drivers/libvirt/ssh/ssh.ts';
import type { Lab } from '../lab/startLab.ts';

interface Choice {
  readonly user?: string;
  readonly address?: string;
  readonly port?: number;
  readonly credentials?: HostCredentials;
}

export interface OpenHosts {
  /** Another account than root, or another port, by choice. */
  open(hostName: string, choice?: Choice): HostDriver;
  /** Closes every driver and forgets the home that they logged in from. */
  close(): Promise<void>;
}

/** Drivers of a lab's hosts, from a home in which nobody has ever logged in anywhere. */
export function openHosts(lab: Lab): OpenHosts {
  const homeFolder = mkdtempSync(join(tmpdir(), 'drover-lab-home-'));
  const openDriver = libvirtDrivers({
    surroundings: {
      homeFolder,
      configFile: join(homeFolder, 'config'),
      userKnownHostsFiles: [],
      ownKnownHostsFile: join(homeFolder, 'known_hosts'),
      environment: {},
      localUser: 'tester',
      platform: process.platform,
      secrets: createSecretMemory(),
    },
    clock: wallClock,
    random: Math.random,
  });
  const drivers: HostDriver[] = [];
  return {
    open(hostName, { user = 'root', address, port, credentials } = {}) {
      const host = lab.host(hostName);
      const [key] = host.hostKeys;
      const driver = openDriver({
        name: hostName,
        address: `ssh://${user}@${address ?? host.address}:${port ?? host.sshPort}`,
        credentials: credentials ?? {
          keyFile: host.keyFile,
          ...(key === undefined ? {} : { acceptHostKey: key.fingerprint }),
        },
      });
      drivers.push(driver);
      return driver;
    },
    async close() {
      await Promise.all(drivers.map((driver) => driver.close()));
      rmSync(homeFolder, { recursive: true, force: true });
    },
  };
}

/** The first state of the link that is as wanted, from now on. */
export function linkState<S extends LinkState['state']>(
  driver: HostDriver,
  wanted: S,
): Promise<Extract<LinkState, { state: S }>> {
  return new Promise((resolve) => {
    const look = (state: LinkState) => {
      if (!isState(state, wanted)) return;
      queueMicrotask(() => end());
      resolve(state);
    };
    const end = driver.subscribeLink(look);
    look(driver.link());
  });
}

function isState<S extends LinkState['state']>(
  state: LinkState,
  wanted: S,
): state is Extract<LinkState, { state: S }> {
  return state.state === wanted;
}
