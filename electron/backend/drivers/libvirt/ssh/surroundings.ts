import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import type { SshPrompter } from './prompter.ts';
import type { SecretMemory } from './secretMemory.ts';

/** Everything of the workstation that a login depends on, so that a test can give another. */
export interface SshSurroundings {
  readonly homeFolder: string;
  readonly configFile: string;
  /** Read, never written. */
  readonly userKnownHostsFiles: readonly string[];
  /** Drover's own, in the data folder; accepted keys are added here. */
  readonly ownKnownHostsFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly localUser: string;
  readonly platform: NodeJS.Platform;
  /** Absent: nobody can be asked, and what would have to be asked is refused. */
  readonly prompter?: SshPrompter;
  readonly secrets: SecretMemory;
}

export interface SurroundingsInput {
  readonly dataFolder: string;
  readonly secrets: SecretMemory;
  readonly prompter?: SshPrompter;
}

/** The surroundings of the person who runs Drover. */
export function defaultSurroundings(input: SurroundingsInput): SshSurroundings {
  const homeFolder = homedir();
  const sshFolder = path.join(homeFolder, '.ssh');
  const system =
    process.platform === 'win32'
      ? path.join(process.env.ProgramData ?? 'C:\\ProgramData', 'ssh')
      : '/etc/ssh';
  return {
    homeFolder,
    configFile: path.join(sshFolder, 'config'),
    userKnownHostsFiles: [
      path.join(sshFolder, 'known_hosts'),
      path.join(sshFolder, 'known_hosts2'),
      path.join(system, 'ssh_known_hosts'),
      path.join(system, 'ssh_known_hosts2'),
    ],
    ownKnownHostsFile: path.join(input.dataFolder, 'known_hosts'),
    environment: process.env,
    localUser: localUserName(),
    platform: process.platform,
    secrets: input.secrets,
    ...(input.prompter === undefined ? {} : { prompter: input.prompter }),
  };
}

function localUserName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password file, as in some containers.
    return process.env.USER ?? process.env.USERNAME ?? '';
  }
}
