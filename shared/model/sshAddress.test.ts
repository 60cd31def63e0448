import { describe, expect, it } from 'vitest';
import { formatSshAddress, parseSshAddress } from './sshAddress.ts';

describe('the address of a host', () => {
  it.each([
    ['ssh://root@10.0.0.5', { user: 'root', host: '10.0.0.5' }],
    ['ssh://root@10.0.0.5:2222', { user: 'root', host: '10.0.0.5', port: 2222 }],
    ['ssh://server-b', { host: 'server-b' }],
    ['  SSH://server-b/ ', { host: 'server-b' }],
    ['ssh://ann@[fe80::1%eth0]:22', { user: 'ann', host: 'fe80::1%eth0', port: 22 }],
    ['ssh://[::1]', { host: '::1' }],
    ['ssh://DOMAIN+ann@server.example.org', { user: 'DOMAIN+ann', host: 'server.example.org' }],
  ])('reads %s', (text, address) => {
    expect(parseSshAddress(text)).toEqual({ ok: true, address });
  });

  it.each([
    ['', 'is empty'],
    ['root@10.0.0.5', 'does not begin with ssh://'],
    ['http://10.0.0.5', 'only speaks ssh://'],
    ['qemu+ssh://root@10.0.0.5/system', 'only speaks ssh://'],
    ['ssh://', 'names no host'],
    ['ssh://root@', 'names no host'],
    ['ssh://@host', 'nothing before the @'],
    ['ssh://root@host:', 'no port behind it'],
    ['ssh://root@host:abc', '"abc" is not a port'],
    ['ssh://root@host:0', '0 is not a port'],
    ['ssh://root@host:70000', '70000 is not a port'],
    ['ssh://root@fe80::1', 'must stand in brackets'],
    ['ssh://root@[server-b]', 'brackets are only for those'],
    ['ssh://root@[::1]22', 'not a port'],
    ['ssh://root@host/path', 'only a port may follow'],
    ['ssh://ro ot@host', 'cannot be a user name'],
    ['ssh://root@-oProxyCommand', 'cannot be the name'],
    ['ssh://root@ho st', 'cannot be the name'],
  ])('says what is wrong with %j', (text, part) => {
    const result = parseSshAddress(text);
    expect(result.ok ? '' : result.message).toContain(part);
    expect(result.ok ? '' : result.message).toContain('for example ssh://root@10.0.0.5');
  });

  it('refuses a password without repeating it', () => {
    for (const text of ['ssh://root:hunter2@host', 'ssh://root:hunter2@host/x', 'root:hunter2@host']) {
      const result = parseSshAddress(text);
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result)).not.toContain('hunter2');
    }
  });

  it('writes what it reads', () => {
    for (const text of ['ssh://root@10.0.0.5:2222', 'ssh://server-b', 'ssh://ann@[fe80::1]:22']) {
      const result = parseSshAddress(text);
      expect(result.ok && formatSshAddress(result.address)).toBe(text);
    }
  });
});
