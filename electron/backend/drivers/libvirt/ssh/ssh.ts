/**
 * SSH to a host: one login, channels over it. Start reading at connect.ts
 * (from an address to a login), then connection.ts (what a login can do).
 */
export { type CommandChannel, type CommandEnd } from './channelStream.ts';
export { type ConnectOptions, connectSsh, forgetPassword } from './connect.ts';
export { SshConnection, type SshPurpose } from './connection.ts';
export type { ExecOptions, ExecResult } from './exec.ts';
export { type LibvirtChannel, type LibvirtRoute, openLibvirtChannel } from './libvirtChannel.ts';

export {
  asksForPassword,
  type SshAnswer,
  type SshPrompt,
  type SshPrompter,
  type SshQuestion,
} from './prompter.ts';

export { createSecretMemory, type SecretKey, type SecretMemory } from './secretMemory.ts';
export { defaultSurroundings, type SshSurroundings } from './surroundings.ts';
