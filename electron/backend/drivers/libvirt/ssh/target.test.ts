import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretMemory } from './secretMemory.ts';
import type { SshSurroundings } from './surroundings.ts';
import { expandTokens, resolveTargets } from './target.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'drover-ssh-config-'));
  mkdirSync(path.join(home, '.ssh', 'config.d'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function surroundings(
  environment: Record<string, string> = {},
  platform: NodeJS.Platform = 'linux',
): SshSurroundings {
  return {
    homeFolder: home,
    configFile: path.join(home, '.ssh', 'config'),
    userKnownHostsFiles: [path.join(home, '.ssh', 'known_hosts')],
    ownKnownHostsFile: path.join(home, 'drover', 'known_hosts'),
    environment,
    localUser: 'ann',
    platform,
    secrets: createSecretMemory(),
  };
}
function config(text: string, file = 'config'): void {
  writeFileSync(path.join(home, '.ssh', file), text);
}
const resolve = (host: string, more: { user?: string; port?: number } = {}, with_ = surroundings()) =>
  resolveTargets({ host, ...more }, with_);

describe('what ~/.ssh/config says about a host', () => {
  it('is optional', async () => {
    expect(await resolve('server-b')).toMatchObject([
      { name: 'server-b', host: 'server-b', port: 22, user: 'ann', identityFiles: [], identitiesOnly: false },
    ]);
  });

  it('gives name, user, port and keys, whatever the case and the order of lines', async () => {
    config(`
      host server-*
        hostname %h.example.org
        USER root
        port 2222
        identityfile ~/.ssh/id_%h
        IdentitiesOnly yes
        HostKeyAlias cluster
      Host *
        User nobody
        IdentityFile "~/.ssh/with space"
    `);
    expect(await resolve('server-b')).toMatchObject([
      {
        name: 'server-b',
        host: 'server-b.example.org',
        port: 2222,
        user: 'root',
        keyName: { host: 'cluster', port: 22 },
        identityFiles: [path.join(home, '.ssh/id_server-b.example.org'), path.join(home, '.ssh/with space')],
        identitiesOnly: true,
      },
    ]);
  });

  it('yields to what the address itself says', async () => {
    config('Host server-b\n  User root\n  Port 2222\n');
    expect(await resolve('server-b', { user: 'eve', port: 23 })).toMatchObject([{ user: 'eve', port: 23 }]);
  });

  it('honours negated patterns and Match, and runs no program for Match exec', async () => {
    const proof = path.join(home, 'ran');
    config(`
      Host * !server-b
        Port 1111
      Match host server-b user root
        Port 2222
      Match exec "touch ${proof}"
        Port 3333
    `);
    expect(await resolve('server-b', { user: 'root' })).toMatchObject([{ port: 2222 }]);
    expect(await resolve('server-c')).toMatchObject([{ port: 1111 }]);
    expect(() => rmSync(proof)).toThrow('ENOENT');
  });

  it('follows Include, by wildcard, in a section, and leaves the section as it was after it', async () => {
    config('Include config.d/*.conf\nHost server-b\n  Include inner\n  Port 5\nHost *\n  User last\n');
    config('Host server-c\n  Port 7\n', 'config.d/10-c.conf');
    config('Host server-c\n  Port 8\n  User carol\n', 'config.d/20-c.conf');
    config('Host *\n  HostName inner.example.org\n', 'inner');
    expect(await resolve('server-b')).toMatchObject([{ host: 'inner.example.org', port: 5, user: 'last' }]);
    expect(await resolve('server-c')).toMatchObject([{ host: 'server-c', port: 7, user: 'carol' }]);
  });

  it('says so when a file includes itself, or cannot be read', async () => {
    config('Include config\n');
    await expect(resolve('server-b')).rejects.toMatchObject({
      code: 'ssh-config-unusable',
      message: /16 files deep/,
    });
    config('Host server-b\n  IdentityFile "~/never closed\n');
    await expect(resolve('server-b')).rejects.toMatchObject({
      code: 'ssh-config-unusable',
      message: /config/,
    });
    config('Host server-b\n  Port many\n');
    await expect(resolve('server-b')).rejects.toMatchObject({ message: /Port "many" is not a number/ });
  });

  it('resolves several jumps, each with its own settings and the first with its own jumps', async () => {
    config(`
      Host inner
        ProxyJump one,bob@two:2022
      Host one
        HostName 10.0.0.1
        ProxyJump ssh://gate
      Host two
        HostName 10.0.0.2
        ProxyJump never-used
      Host none-*
        ProxyJump none
    `);
    const chain = await resolve('inner');
    expect(chain.map((each) => `${each.user}@${each.host}:${each.port}`)).toEqual([
      'ann@gate:22',
      'ann@10.0.0.1:22',
      'bob@10.0.0.2:2022',
      'ann@inner:22',
    ]);
    expect(await resolve('none-a')).toHaveLength(1);
  });

  it('refuses jumps in a circle, a broken jump and a ProxyCommand', async () => {
    config(
      'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\nHost c\n  ProxyJump x:y\nHost d\n  ProxyCommand nc %h %p\n',
    );
    await expect(resolve('a')).rejects.toMatchObject({ message: /circle: a → b → a/ });
    await expect(resolve('c')).rejects.toMatchObject({ message: /"y" is not a port/ });
    await expect(resolve('d')).rejects.toMatchObject({
      message: /ProxyCommand, which Drover does not run.*ProxyJump/,
    });
  });

  it('finds the agent', async () => {
    const agent = async (text: string, environment = {}, platform: NodeJS.Platform = 'linux') => {
      config(text);
      return (await resolve('x', {}, surroundings(environment, platform)))[0].agent;
    };
    expect(await agent('', { SSH_AUTH_SOCK: '/run/agent' })).toBe('/run/agent');
    expect(await agent('')).toBeUndefined();
    expect(await agent('', {}, 'win32')).toBe('\\\\.\\pipe\\openssh-ssh-agent');
    expect(await agent('IdentityAgent none', { SSH_AUTH_SOCK: '/run/agent' })).toBeUndefined();
    expect(await agent('IdentityAgent ~/a.sock', { SSH_AUTH_SOCK: '/run/agent' })).toBe(
      path.join(home, 'a.sock'),
    );
    expect(await agent('IdentityAgent $OTHER', { OTHER: '/run/other' })).toBe('/run/other');
    expect(await agent('IdentityAgent SSH_AUTH_SOCK', { SSH_AUTH_SOCK: '/run/agent' })).toBe('/run/agent');
  });

  it('expands tokens once', () => {
    expect(expandTokens('%%h %h %z', { h: '%p', p: 'x' })).toBe('%h %p %z');
  });
});
