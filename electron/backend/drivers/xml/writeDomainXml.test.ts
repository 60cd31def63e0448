import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDomainXml } from './domainXml.ts';
import { writeDomainXml } from './writeDomainXml.ts';

const cpuXml = "<cpu mode='host-model'/>";
const path = fc.stringMatching(/^\/[a-z0-9 &<>'"._-]{0,30}[a-z0-9]$/);
const word = fc.stringMatching(/^[a-z0-9]([a-z0-9 &<>'"._-]{0,20}[a-z0-9])?$/);
const format = fc.constantFrom('qcow2', 'raw');
const disk = fc.record({
  target: fc.stringMatching(/^[vsh]d[a-z]$/),
  source: path,
  device: fc.constantFrom('disk', 'cdrom', 'lun'),
  format,
  cache: fc.constantFrom('default', 'none', 'writeback'),
  readOnly: fc.boolean(),
  shareable: fc.boolean(),
  backingChain: fc.array(fc.record({ path, format }), { maxLength: 3 }),
});
const guestSystem = fc.constantFrom(
  'Debian 12',
  'Ubuntu 24.04',
  'Rocky Linux 9',
  'Alpine Linux 3.20',
  'Windows 11',
  'Windows Server 2022',
  'Windows Server 2008 R2',
  'Temple & Co <7>',
);
const domain = fc.record({
  uuid: fc.uuid(),
  name: word,
  vcpus: fc.integer({ min: 1, max: 256 }),
  memoryMiB: fc.integer({ min: 1, max: 1_000_000 }),
  maxMemoryMiB: fc.integer({ min: 1, max: 1_000_000 }),
  disks: fc.array(disk, { maxLength: 3 }),
  nics: fc.array(
    fc.record({
      mac: fc.constant('52:54:00:aa:bb:cc'),
      model: fc.constantFrom('virtio', ''),
      kind: fc.constantFrom('network', 'bridge', 'direct', 'ethernet'),
      source: word,
    }),
    { maxLength: 2 },
  ),
  graphics: fc.array(
    fc.record({ kind: fc.constant('vnc'), port: fc.integer({ min: 1, max: 65_535 }), listen: word }),
    { maxLength: 1 },
  ),
  machine: word,
  domainType: fc.constantFrom('kvm', 'qemu'),
  guestSystem,
});

describe('writing a domain', () => {
  it('gives a document that reads as what was written, whatever stands in it', () => {
    fc.assert(
      fc.property(domain, (each) => {
        expect(parseDomainXml(writeDomainXml({ ...each, cpuXml }, 'current'))).toEqual(each);
      }),
    );
  });

  it('writes again what libvirt wrote, as far as it was read', () => {
    for (const name of ['running', 'sources', 'inactive']) {
      const read = parseDomainXml(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.xml`), 'utf8'));
      expect(parseDomainXml(writeDomainXml({ ...read, cpuXml }, 'current'))).toEqual(read);
    }
  });

  it('leaves the port of a console to the next start', () => {
    const read = parseDomainXml(readFileSync(join(import.meta.dirname, 'fixtures', 'running.xml'), 'utf8'));
    expect(read.graphics).toHaveLength(1);
    expect(parseDomainXml(writeDomainXml({ ...read, cpuXml }, 'inactive')).graphics).toEqual([]);
  });
});
