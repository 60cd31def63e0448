import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LibvirtConnection, openConnection } from '../../electron/backend/drivers/libvirt/rpc/rpc.ts';
import {
  connectSsh,
  createSecretMemory,
  openLibvirtChannel,
} from '../../electron/backend/drivers/libvirt/ssh/ssh.ts';
import type { Lab } from '../lab/startLab.ts';

export interface Shell {
  run(command: string): Promise<void>;
  /** A libvirt connection over the same login, as Drover's are. */
  libvirt(): Promise<LibvirtConnection>;
  close(): Promise<void>;
}

/** An SSH login that is there already: a script's best case. */
export async function openShell(lab: Lab, hostName: string): Promise<Shell> {
  const host = lab.host(hostName);
  const homeFolder = mkdtempSync(join(tmpdir(), 'drover-bench-'));
  const [key] = host.hostKeys;
  const login = await connectSsh(
    { user: host.user, host: host.address, port: host.sshPort },
    {
      homeFolder,
      configFile: join(homeFolder, 'config'),
      userKnownHostsFiles: [],
      ownKnownHostsFile: join(homeFolder, 'known_hosts'),
      environment: {},
      localUser: 'bench',
      platform: process.platform,
      secrets: createSecretMemory(),
    },
    { keyFiles: [host.keyFile], ...(key === undefined ? {} : { acceptHostKey: key.fingerprint }) },
  );
  return {
    async run(command) {
      const { code, stderr } = await login.exec(command, { deadlineMs: 120_000 });
      if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`);
    },
    async libvirt() {
      const { channel } = await openLibvirtChannel(login);
      return await openConnection(channel, { host: hostName });
    },
    async close() {
      await login.close();
      rmSync(homeFolder, { recursive: true, force: true });
    },
  };
}
