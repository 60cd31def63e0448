import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCapabilitiesXml } from './capabilitiesXml.ts';
import { parseDomainXml } from './domainXml.ts';

// The documents are what libvirt 9.0 with QEMU 7.2 sent.
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

describe('a running domain', () => {
  const domain = parseDomainXml(fixture('running.xml'));

  it('has its name, size and machine', () => {
    expect(domain).toMatchObject({
      uuid: '5f3c2a10-9d1e-4b8a-8c6f-aaaaaaaaaa01',
      name: 'web & db',
      vcpus: 1,
      memoryMiB: 96,
      maxMemoryMiB: 96,
      machine: 'pc-i440fx-7.2',
      domainType: 'qemu',
    });
  });

  it('has each disk with its chain, an empty drive without a source', () => {
    const plain = { format: 'raw', cache: 'default', readOnly: false, shareable: false, backingChain: [] };
    expect(domain.disks).toEqual([
      {
        target: 'vda',
        source: '/srv/images/web & db.qcow2',
        device: 'disk',
        format: 'qcow2',
        cache: 'none',
        readOnly: false,
        shareable: false,
        backingChain: [
          { path: '/srv/images/middle.qcow2', format: 'qcow2' },
          { path: '/srv/images/base.qcow2', format: 'qcow2' },
        ],
      },
      {
        ...plain,
        target: 'vdb',
        source: '/srv/images/scratch.raw',
        device: 'disk',
        cache: 'none',
        shareable: true,
      },
      { ...plain, target: 'hda', source: '/srv/images/cd.iso', device: 'cdrom', readOnly: true },
      { ...plain, target: 'hdb', device: 'cdrom', readOnly: true },
    ]);
  });

  it('has the port that its screen really listens on', () => {
    expect(domain.graphics).toEqual([{ kind: 'vnc', port: 5900, listen: '127.0.0.1' }]);
    expect(parseDomainXml(fixture('inactive.xml')).graphics).toEqual([]);
  });
});

describe('where disks and networks come from', () => {
  const domain = parseDomainXml(fixture('sources.xml'));

  it('names block devices, network volumes and volumes of pools', () => {
    expect(domain.disks.map(({ source, device, cache }) => [source, device, cache])).toEqual([
      ['/dev/vg0/web', 'disk', 'none'],
      ['rbd:pool/image', 'disk', 'writeback'],
      ['default/web.qcow2', 'disk', 'default'],
      ['/dev/disk/by-id/lun', 'lun', 'default'],
    ]);
  });

  it('names networks, bridges, devices and taps', () => {
    expect(domain.nics.map(({ kind, source, model }) => [kind, source, model])).toEqual([
      ['network', 'default', 'virtio'],
      ['bridge', 'br0', 'e1000'],
      ['direct', 'eth0', 'virtio'],
      ['ethernet', 'tap7', 'virtio'],
    ]);
  });

  it('takes the network of a running VM, not the bridge it came to', () => {
    const nic = "<interface type='network'><source network='lan' portid='1' bridge='virbr3'/></interface>";
    const xml = `<domain type='kvm'><devices>${nic}</devices></domain>`;
    expect(parseDomainXml(xml).nics[0]?.source).toBe('lan');
  });
});

describe('units and odd documents', () => {
  it.each([
    ["<memory unit='GiB'>2</memory>", 2048],
    ["<memory unit='KiB'>1048576</memory>", 1024],
    ['<memory>1048576</memory>', 1024],
    ["<memory unit='b'>1073741824</memory>", 1024],
    ["<memory unit='GB'>1</memory>", 954],
    ["<memory unit='TiB'>1</memory>", 1_048_576],
    ['', 0],
  ])('%s is %d MiB', (element, memoryMiB) => {
    expect(parseDomainXml(`<domain type='kvm'>${element}</domain>`)).toMatchObject({
      memoryMiB,
      maxMemoryMiB: memoryMiB,
    });
  });

  it('keeps a name that looks like a number, and a path that ends with a blank', () => {
    const disk = "<disk><source file='/a/b '/></disk>";
    const domain = parseDomainXml(`<domain type='kvm'><name>007</name><devices>${disk}</devices></domain>`);
    expect(domain.name).toBe('007');
    expect(domain.disks[0]?.source).toBe('/a/b ');
  });

  it('reads a document with very many entities', () => {
    const many = '&lt;'.repeat(5000);
    expect(parseDomainXml(`<domain><name>a</name><title>${many}</title></domain>`).name).toBe('a');
  });

  it.each([
    ['nothing', ''],
    ['text', 'no XML at all'],
    ['half of one', '<domain><name>a</na'],
    ['another root', '<network/>'],
    ['one that declares entities', '<!DOCTYPE d [<!ENTITY a "b">]><domain><name>&a;</name></domain>'],
  ])('refuses %s as an answer that cannot be read', (_what, xml) => {
    expect(() => parseDomainXml(xml)).toThrow(expect.objectContaining({ code: 'protocol-broken' }));
  });
});

describe('capabilities', () => {
  const xml = fixture('capabilities.xml');

  it('names the host, its processor and whether it has KVM', () => {
    expect(parseCapabilitiesXml(xml)).toEqual({
      hostUuid: '3668037d-df4e-4ba5-9373-39eb5595f652',
      cpuModel: 'AMD kvm64',
      architecture: 'x86_64',
      kvm: true,
    });
  });

  it('says no KVM where only emulation is offered', () => {
    expect(parseCapabilitiesXml(xml.replaceAll("<domain type='kvm'/>", '')).kvm).toBe(false);
  });
});
