import { describe, expect, it } from 'vitest';
import { parseDomainXml } from './domainXml.ts';
import { guestSystemInWords } from './guestSystem.ts';

describe("the guest's system, in words", () => {
  it.each([
    ['http://debian.org/debian/12', 'Debian 12'],
    ['http://ubuntu.com/ubuntu/24.04', 'Ubuntu 24.04'],
    ['http://centos.org/centos-stream/9', 'CentOS Stream 9'],
    ['http://microsoft.com/win/11', 'Windows 11'],
    ['http://microsoft.com/win/2k22', 'Windows Server 2022'],
    ['http://archlinux.org/archlinux/rolling', 'Arch Linux rolling'],
    ['http://debian.org/debian/unknown', 'Debian'],
    ['http://example.org/plan9/4', 'Plan9 4'],
    ['debian12', undefined],
    ['', undefined],
  ])('%s', (id, words) => {
    expect(guestSystemInWords(id)).toBe(words);
  });

  it('is read from a definition, and absent where there is none', () => {
    const with12 = `<domain type='kvm'><name>a</name><metadata>
      <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
        <libosinfo:os id="http://debian.org/debian/12"/>
      </libosinfo:libosinfo></metadata></domain>`;
    expect(parseDomainXml(with12)).toMatchObject({ guestSystem: 'Debian 12' });
    expect(parseDomainXml("<domain type='kvm'><name>a</name></domain>")).not.toHaveProperty('guestSystem');
  });
});
